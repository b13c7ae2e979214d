import { stat } from "node:fs/promises";
import type { Bundle } from "../bundle.ts";
import { fill } from "./fill.ts";
import { group, timestampOf, type PastEvent } from "./past-events.ts";
import { createDatabase, type Site } from "./workerd.ts";

const EVENTS = 50_000;
const DATA_BYTES = 200;

/** Measures the bytes on disk of an event with 200 bytes of data, for 3 groups, in 5 scopes. */
export async function bytesPerEvent(bundle: Bundle, site: Site): Promise<number> {
  const file = await createDatabase(bundle, site, "bytes");
  const empty = (await stat(file)).size;
  await fill(file, EVENTS, eventOf, "as recorded");
  return ((await stat(file)).size - empty) / EVENTS;
}

function eventOf(number: number): PastEvent {
  const project = number % 20;
  const data = { build: number, commit: number.toString(16).padStart(40, "0"), message: "" };
  return {
    type: "UPDATE_STATE_DEPLOYMENT",
    timestamp: timestampOf(number),
    username: `user-${number % 997}`,
    state_project: `project-${project}`,
    state_environment: ["dev", "staging", "live"][number % 3] ?? "",
    state_deployment: `web-${number % 5}`,
    allowed_groups: [0, 1, 2].map((step) => group(project * 3 + ((number + step) % 8))),
    data: { ...data, message: "x".repeat(DATA_BYTES - JSON.stringify(data).length) },
  };
}
