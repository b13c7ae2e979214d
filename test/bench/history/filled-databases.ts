import { stat } from "node:fs/promises";
import type { Bundle } from "../bundle.ts";
import { fill } from "./fill.ts";
import { pastEvent } from "./past-events.ts";
import type { History } from "./plan.ts";
import { ask } from "./reads.ts";
import { assertSameRows } from "./same-rows.ts";
import { createDatabase, startWorkerd, type Site } from "./workerd.ts";

const COMPARED = 500;

/** Checks that the inserted rows equal the rows that the service records. */
export async function compareRows(bench: Bundle, site: Site): Promise<void> {
  const [recorded, filled] = [
    await createDatabase(bench, site, "recorded"),
    await createDatabase(bench, site, "filled"),
  ];
  {
    await using workerd = await startWorkerd(bench, site, { DB: "recorded" });
    await ask(workerd.url, { do: "record", binding: "DB", count: COMPARED, total: COMPARED });
  }
  await fill(filled, COMPARED, (number) => pastEvent(number, COMPARED));
  assertSameRows(recorded, filled);
}

export async function fillOne(bench: Bundle, site: Site, events: number): Promise<History> {
  const binding = `EVENTS_${events}`;
  const file = await createDatabase(bench, site, binding);
  const startedAt = performance.now();
  const { entries, feeds } = await fill(file, events, (number) => pastEvent(number, events));
  const took = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { size } = await stat(file);
  const count = (number: number) => number.toLocaleString("en");
  console.log(
    `${count(events)} events, ${count(entries)} feed entries in ${count(feeds)} feeds: ${Math.round(size / 1e6)} MB, filled in ${took} s.`,
  );
  return { binding, events };
}
