import { beforeAll, describe, expect, it } from "vitest";
import { archivedEvents } from "./archive-scenarios.ts";
import { noFaults, type Faults, type Mode, type Point } from "./fault.ts";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { violations } from "./invariants.ts";
import { run, type Outcome } from "./run.ts";
import { startOfTime } from "./scenario.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

describe(archivedEvents.name, () => {
  holdsAtEveryPoint(archivedEvents, 36, { isWanted: isOfConsumer });

  it.each<Mode>(["refused", "lost", "late"])(
    "use up no attempt, and delay no other delivery, while each read of the archive is %s",
    async (mode) => {
      const faults: Faults = ({ kind, now }) => (kind === "bucket" && now < startOfTime + 600_000 ? mode : undefined);
      const outcome = await run(archivedEvents, { faults, seed: 1 });
      expect(violations(archivedEvents, outcome)).toEqual([]);
      expect(outcome.stored.deliveries.map(({ state, attempts }) => ({ state, attempts }))).toEqual(
        Array.from({ length: 3 }, () => ({ state: "delivered", attempts: 1 })),
      );
      const [one, two, hot] = [1, 2, 3].map((event) => arrivalOf(outcome, event));
      expect(Math.min(one ?? 0, two ?? 0)).toBeGreaterThanOrEqual(startOfTime + 600_000);
      expect(hot).toBeLessThan(startOfTime + 125_000);
    },
  );

  it("reads each bundle once without a fault", async () => {
    const { points } = await run(archivedEvents, { faults: noFaults, seed: 1 });
    expect(points.filter(({ kind }) => kind === "bucket").map(({ name }) => name)).toEqual([
      "get archive/segments/0000000000000001-0000000000000001/events/000.ndjson.gz",
      "get archive/segments/0000000000000002-0000000000000002/events/000.ndjson.gz",
    ]);
  });
});

function arrivalOf({ receipts }: Outcome, event: number): number {
  return receipts.find(({ eventIds }) => eventIds.includes(event))?.at ?? 0;
}

/** Leaves out recordings and sweeps, which other scenarios cover. */
function isOfConsumer({ by, kind }: Point): boolean {
  return kind === "bucket" || (by.startsWith("tidings-") && kind !== "fetch" && kind !== "wait");
}
