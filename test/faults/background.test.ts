import { beforeAll, describe, expect, it } from "vitest";
import { faultAt, noFaults, type Point } from "./fault.ts";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { run } from "./run.ts";
import { aScenario, records, startOfTime, webhook } from "./scenario.ts";
import { installTriggers } from "./snapshots.ts";

const SLOW = "https://slow.example.com/";
/** When a batch is acknowledged. Attempts that take longer continue in the background. */
const ACKNOWLEDGED_MS = 500;

/** The platform ends background work early. The isolate has room for the background work of one batch. */
const cutOff = aScenario("background work that the platform ends early", {
  subscriptions: [webhook(SLOW)],
  receivers: { [SLOW]: (_body, _at, times) => ({ status: times === 1 ? 503 : 200, afterMs: 3000 }) },
  actions: [records(0, "first", {}, {}), records(60, "second", {}), records(120, "third", {})],
  backgroundLimit: 2,
});

beforeAll(installTriggers);

describe(cutOff.name, () => {
  holdsAtEveryPoint(cutOff, 22, { isWanted: isInBackground, withOutages: false });

  it("frees its room when its lease has ended", async () => {
    const receivers = { [SLOW]: () => ({ status: 200, afterMs: 3000 }) };
    const scenario = { ...cutOff, receivers, backgroundLimit: 1 };
    const { points } = await run(scenario, { faults: noFaults, seed: 1 });
    const reply = points.find((point) => isInBackground(point) && point.kind === "wait");
    const faults = faultAt(reply?.number ?? NaN, "dies after");
    const { invocations } = await run(scenario, { faults, seed: 1 });
    const consumers = invocations.filter(({ name }) => name === "tidings-deliveries");
    expect(consumers.map(({ state, returnedAfterMs }) => [state, returnedAfterMs])).toEqual([
      ["dead", ACKNOWLEDGED_MS],
      ["ended", ACKNOWLEDGED_MS],
      ["ended", ACKNOWLEDGED_MS],
    ]);
  });
});

function isInBackground({ by, now }: Point): boolean {
  return by.startsWith("tidings") && now > startOfTime + ACKNOWLEDGED_MS && now < startOfTime + 30_000;
}
