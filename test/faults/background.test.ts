import { beforeAll, describe, expect, it } from "vitest";
import { faultAt, noFaults, type Point } from "./fault.ts";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { run } from "./run.ts";
import { aScenario, records, startOfTime, webhook } from "./scenario.ts";
import { watch } from "./snapshots.ts";

const SLOW = "https://slow.example.com/";
/** When a batch is acknowledged, and what takes longer goes on in the background. */
const ACKNOWLEDGED_MS = 500;

/** The platform ends backgrounds before they are over. There is room for one batch's at a time. */
const cutOff = aScenario("a background that is cut off", {
  subscriptions: [webhook(SLOW)],
  receivers: { [SLOW]: (_body, _at, times) => ({ status: times === 1 ? 503 : 200, afterMs: 3000 }) },
  actions: [records(0, "first", {}, {}), records(60, "second", {}), records(120, "third", {})],
  roomForLeftBehind: 2,
});

beforeAll(watch);

describe(cutOff.name, () => {
  holdsAtEveryPoint(cutOff, 22, { isWanted: isInBackground, withOutages: false });

  it("leaves room for those that come after its lease", async () => {
    const receivers = { [SLOW]: () => ({ status: 200, afterMs: 3000 }) };
    const scenario = { ...cutOff, receivers, roomForLeftBehind: 1 };
    const { points } = await run(scenario, { faults: noFaults, seed: 1 });
    const answer = points.find((point) => isInBackground(point) && point.kind === "wait");
    const faults = faultAt(answer?.number ?? NaN, "dies after");
    const { invocations } = await run(scenario, { faults, seed: 1 });
    const consumers = invocations.filter(({ name }) => name === "tidings-deliveries");
    expect(consumers.map(({ state, answeredAfterMs }) => [state, answeredAfterMs])).toEqual([
      ["dead", ACKNOWLEDGED_MS],
      ["ended", ACKNOWLEDGED_MS],
      ["ended", ACKNOWLEDGED_MS],
    ]);
  });
});

function isInBackground({ by, now }: Point): boolean {
  return by.startsWith("tidings") && now > startOfTime + ACKNOWLEDGED_MS && now < startOfTime + 30_000;
}
