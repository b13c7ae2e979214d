import type { EventType } from "../../src/schemas/event.ts";
import type { SentEvent } from "../../test/kit/entry.ts";
import { AUDIENCES, PROJECTS } from "./fixtures.ts";
import { EVENT_TYPES, isPayload, payloadFor } from "./payloads.ts";

const ROUNDS = 10;
const APPLICATIONS = ["web", "api", "worker"];
const ENVIRONMENTS = ["staging", "production"];

/** The events of a small company: every type ten times, over all its projects. */
export function makeEvents(): SentEvent[] {
  const startNs = BigInt(Date.now()) * 1_000_000n;
  return Array.from({ length: ROUNDS }, (_, round) =>
    EVENT_TYPES.map((type, place) => {
      const index = round * EVENT_TYPES.length + place;
      return eventAt(index, round, type, String(startNs + BigInt(index)));
    }),
  ).flat();
}

function eventAt(index: number, round: number, type: EventType, timestamp: string): SentEvent {
  const data = payloadFor(type, round);
  const audience = inTurn(AUDIENCES, index);
  return {
    type,
    timestamp,
    ...(isPayload(data["sender"]) ? { username: String(data["sender"]["login"]) } : {}),
    ...namesFor(index, round, type),
    ...(audience === undefined ? {} : { allowed_groups: audience }),
    data,
  };
}

/** Events about users and teams name no project. A deployment also names the release that it deploys. */
function namesFor(index: number, round: number, type: EventType): Partial<SentEvent> {
  const project = inTurn(PROJECTS, index + round);
  const application = inTurn(APPLICATIONS, round);
  const release = { inventory_project: project, inventory_application: application, inventory_version: `1.${round}.0` };
  const environment = { state_project: project, state_environment: inTurn(ENVIRONMENTS, round) };
  const deployment = { ...environment, state_deployment: `${application}-${String(index).padStart(3, "0")}` };
  if (type.startsWith("USER_") || type.startsWith("TEAM_")) return {};
  if (type === "CREATE_STATE_DEPLOYMENT") return { ...release, ...deployment };
  if (type === "CREATE_INVENTORY_PROJECT") return { inventory_project: project };
  if (type === "CREATE_STATE_PROJECT") return { state_project: project };
  // A build names the release of one project and the environment of the next one, so both projects are notified.
  if (/BUILD/.test(type)) return { ...release, ...environment, state_project: inTurn(PROJECTS, index + round + 1) };
  if (/INVENTORY/.test(type)) return release;
  return /DEPLOYMENT|SMOKE|DESTROY/.test(type) ? deployment : environment;
}

function inTurn<Item>(items: readonly Item[], turn: number): Item {
  return items[turn % items.length] as Item; // in range, as `items` is never empty
}
