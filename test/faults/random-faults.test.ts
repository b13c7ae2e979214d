import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { faultsByChance, noFaults } from "./fault.ts";
import { busyCopy } from "./copy-scenarios.ts";
import { arrivedTwice } from "./received-requests.ts";
import { violations } from "./invariants.ts";
import { crowdedLog } from "./log-scenarios.ts";
import { busyStreams } from "./stream-scenarios.ts";
import { seededRandom } from "./random.ts";
import { run } from "./run.ts";
import { startOfTime, type Scenario } from "./scenario.ts";
import { busy, duplicatedHints } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";
import { propertyRuns } from "../support/property-runs.ts";

const TIMEOUT_MS = 120_000;
const STORM_MS = 600_000;

/** Probabilities of faults in the queues and at each point. If a run fails, fast-check prints them. */
const aStorm = fc.record({
  seed: fc.nat(),
  drop: upTo(60),
  duplicate: upTo(60),
  delay: upTo(60),
  split: upTo(100),
  faults: upTo(15),
});

type Storm = typeof aStorm extends fc.Arbitrary<infer Value> ? Value : never;

beforeAll(installTriggers);

describe("for ten minutes", () => {
  it(
    "queues drop, duplicate, delay, split and reorder messages, and consumers overlap: everything arrives once",
    async () => {
      await forStorms(async (storm) => {
        const outcome = await run(inStorm(duplicatedHints, storm), {
          faults: noFaults,
          seed: storm.seed,
          isShuffled: true,
        });
        expect([...violations(duplicatedHints, outcome), ...arrivedTwice(outcome)]).toEqual([]);
      });
    },
    TIMEOUT_MS,
  );

  it.each([busy, crowdedLog, busyCopy, busyStreams])(
    "D1, queues, receivers and consumers fail at random in $name: everything arrives, and is in the log if there is one",
    async (scenario) => {
      await forStorms(async (storm) => {
        const faults = faultsByChance(seededRandom(storm.seed), storm.faults, startOfTime + STORM_MS);
        const outcome = await run(inStorm(scenario, storm), { faults, seed: storm.seed, isShuffled: true });
        expect(violations(scenario, outcome)).toEqual([]);
      });
    },
    TIMEOUT_MS,
  );
});

/** A probability from 0 to `percent` %. fast-check's own doubles are mostly close to 0. */
function upTo(percent: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: percent }).map((chance) => chance / 100);
}

async function forStorms(holds: (storm: Storm) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(aStorm, holds), { numRuns: propertyRuns(0.5), endOnFailure: true });
}

function inStorm(scenario: Scenario, storm: Storm): Scenario {
  return { ...scenario, queue: { ...storm, reorder: true, until: startOfTime + STORM_MS } };
}
