import { beforeAll, describe, expect, it } from "vitest";
import { noFaults, type Point } from "./fault.ts";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { run } from "./run.ts";
import { startOfTime } from "./scenario.ts";
import {
  crowdedStreams,
  flakyStream,
  ordinaryStream,
  refusedStream,
  replacedStreams,
  steeredStream,
  unhintedStream,
} from "./stream-scenarios.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

/** `npm test` runs every 40th plan. The deep tests run all plans. */
const every = 40;

describe(ordinaryStream.name, () => {
  it("needs no sweep while hints arrive, and sends each event within ten seconds", async () => {
    const { sweptAt, receipts } = await run(ordinaryStream, { faults: noFaults, seed: 1 });
    expect(sweptAt).toEqual([]);
    expect(receipts.map(({ eventIds }) => eventIds)).toEqual([[1, 2], [3], [4, 5]]);
    expect(Math.max(...receipts.map(({ at }) => at))).toBeLessThan(startOfTime + 13_000);
  });

  holdsAtEveryPoint(ordinaryStream, 94, { every });
});

describe(unhintedStream.name, () => holdsAtEveryPoint(unhintedStream, 42, { isWanted: isOfStream, every }));
describe.each([
  { scenario: crowdedStreams, plans: 292 },
  { scenario: flakyStream, plans: 157 },
  { scenario: refusedStream, plans: 163 },
  { scenario: steeredStream, plans: 184 },
  { scenario: replacedStreams, plans: 118 },
])("$scenario.name", ({ scenario, plans }) => {
  holdsAtEveryPoint(scenario, plans, { isWanted: isOfStream, withOutages: false, every });
});

/** Leaves out recordings and the other tasks of a sweep, because other scenarios cover them. */
function isOfStream({ by, name }: Point): boolean {
  return by === "tidings-streams" || by.startsWith("operator") || by.startsWith("run") || name.includes("streams");
}
