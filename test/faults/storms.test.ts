import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { faultsByChance, noFaults } from "./fault.ts";
import { arrivedTwice } from "./copies.ts";
import { violations } from "./invariants.ts";
import { randomOf } from "./random.ts";
import { run } from "./run.ts";
import { startOfTime, type Scenario } from "./scenario.ts";
import { busy, twice } from "./scenarios.ts";
import { watch } from "./witness.ts";

const RUNS = 25;
const TIMEOUT_MS = 120_000;
const STORM_MS = 600_000;

/** Chances of what queues may do, and of a fault at each point. fast-check prints those of a run that fails. */
const aStorm = fc.record({
  seed: fc.nat(),
  drop: fc.double({ min: 0, max: 0.6, noNaN: true }),
  duplicate: fc.double({ min: 0, max: 0.6, noNaN: true }),
  delay: fc.double({ min: 0, max: 0.6, noNaN: true }),
  split: fc.double({ min: 0, max: 1, noNaN: true }),
  faults: fc.double({ min: 0, max: 0.15, noNaN: true }),
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

  it(
    "everything fails at random, also D1, receivers and consumers: all arrives",
    async () => {
      await forStorms(async (storm) => {
        const faults = faultsByChance(randomOf(storm.seed), storm.faults, startOfTime + STORM_MS);
        const outcome = await run(inStorm(busy, storm), { faults, seed: storm.seed, isShuffled: true });
        expect(violations(busy, outcome)).toEqual([]);
      });
    },
    TIMEOUT_MS,
  );
});

async function forStorms(holds: (storm: Storm) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(aStorm, holds), { numRuns: RUNS });
}

function inStorm(scenario: Scenario, storm: Storm): Scenario {
  return { ...scenario, queue: { ...storm, reorder: true, until: startOfTime + STORM_MS } };
}
