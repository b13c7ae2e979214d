import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { faultsByChance, noFaults } from "./fault.ts";
import { arrivedTwice } from "./copies.ts";
import { violations } from "./invariants.ts";
import { crowdedLog } from "./log-scenarios.ts";
import { randomOf } from "./random.ts";
import { run } from "./run.ts";
import { startOfTime, type Scenario } from "./scenario.ts";
import { busy, twice } from "./scenarios.ts";
import { watch } from "./snapshots.ts";
import { propertyRuns } from "../support/property-runs.ts";

const TIMEOUT_MS = 120_000;
const STORM_MS = 600_000;

/** Chances of what queues may do, and of a fault at each point. fast-check prints those of a run that fails. */
const aStorm = fc.record({
  seed: fc.nat(),
  drop: upTo(60),
  duplicate: upTo(60),
  delay: upTo(60),
  split: upTo(100),
  faults: upTo(15),
});

type Storm = typeof aStorm extends fc.Arbitrary<infer Value> ? Value : never;

beforeAll(watch);

describe("for ten minutes", () => {
  it(
    "queues drop, double, delay, split and shuffle, and consumers meet: all arrives, and once",
    async () => {
      await forStorms(async (storm) => {
        const outcome = await run(inStorm(twice, storm), { faults: noFaults, seed: storm.seed, isShuffled: true });
        expect([...violations(twice, outcome), ...arrivedTwice(outcome)]).toEqual([]);
      });
    },
    TIMEOUT_MS,
  );

  it.each([busy, crowdedLog])(
    "everything fails at random in $name, also D1, receivers and consumers: all arrives and is in the log",
    async (scenario) => {
      await forStorms(async (storm) => {
        const faults = faultsByChance(randomOf(storm.seed), storm.faults, startOfTime + STORM_MS);
        const outcome = await run(inStorm(scenario, storm), { faults, seed: storm.seed, isShuffled: true });
        expect(violations(scenario, outcome)).toEqual([]);
      });
    },
    TIMEOUT_MS,
  );
});

/** In percent: fast-check's doubles are mostly next to nothing. */
function upTo(percent: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: percent }).map((chance) => chance / 100);
}

async function forStorms(holds: (storm: Storm) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(aStorm, holds), { numRuns: propertyRuns(0.5), endOnFailure: true });
}

function inStorm(scenario: Scenario, storm: Storm): Scenario {
  return { ...scenario, queue: { ...storm, reorder: true, until: startOfTime + STORM_MS } };
}
