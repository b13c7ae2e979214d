import { makeEvents } from "../../scripts/demo/events.ts";
import type { Api } from "../kit/api.ts";
import type { SentEvent } from "../kit/entry.ts";

const BATCH_SIZE = 100;
const INTERVAL_NS = 7n * 60n * 1_000_000_000n;

/** The username of the newest event. */
export const ATTACKER = `<img src=x onerror="document.title='taken'">`;
/** The username of an event whose data has the maximum depth. */
export const DEEP_DATA_USER = "deep down";
const LONGEST_NAME = "W".repeat(255);

/** A few days of a small company's events, then hostile ones. */
export async function recordHistory(api: Api): Promise<void> {
  const events = [...makeEvents().map((event): SentEvent => ({ ...event })), ...hostileEvents()];
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  for (const [index, event] of events.entries()) {
    event.timestamp = `${nowNs - INTERVAL_NS * BigInt(events.length - 1 - index) - 123_456n}`;
  }
  for (let start = 0; start < events.length; start += BATCH_SIZE) {
    const body = JSON.stringify(events.slice(start, start + BATCH_SIZE));
    await api.asProducer("/internal/create-event", { method: "POST", body });
  }
}

function nested(levels: number): Record<string, unknown> {
  return levels === 0 ? { bottom: true } : { level: nested(levels - 1) };
}

function hostileEvents(): SentEvent[] {
  const place = { state_project: "shop", state_environment: "production", state_deployment: "api" };
  return [
    {
      type: "UPDATE_STATE_DEPLOYMENT",
      timestamp: "0",
      username: LONGEST_NAME,
      state_project: LONGEST_NAME,
      state_environment: LONGEST_NAME,
      data: { [LONGEST_NAME]: LONGEST_NAME.repeat(2) },
    },
    { type: "USER_CONFIRMED", timestamp: "0", username: DEEP_DATA_USER, data: nested(63) },
    { ...place, type: "DESTROY_REQUESTED", timestamp: "0", username: "mal\u202Etxt.exe\0", data: {} },
    {
      ...place,
      type: "REDEPLOY_STATE_DEPLOYMENT",
      timestamp: "0",
      username: "ann",
      data: { commit: "9f3c2e1", replicas: 3 },
    },
    { ...place, type: "RERUN_SMOKE_TESTS", timestamp: "0", username: "مريم", data: { passed: true } },
    {
      type: "USER_SIGNUP",
      timestamp: "0",
      username: ATTACKER,
      data: { note: `</script><script>document.title='taken'</script>` },
    },
  ];
}
