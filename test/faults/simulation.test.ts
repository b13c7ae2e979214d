import { beforeAll, expect, it } from "vitest";
import { faultsByChance } from "./fault.ts";
import { seededRandom } from "./random.ts";
import { run, type Outcome } from "./run.ts";
import { startOfTime } from "./scenario.ts";
import { busy } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

it("is the same run for the same seed, so that a failure can be repeated", async () => {
  const again = (): Promise<Outcome> =>
    run(busy, { faults: faultsByChance(seededRandom(7), 0.1, startOfTime + 600_000), seed: 7, isShuffled: true });
  const [one, other] = [await again(), await again()];
  expect(one.points.length).toBeGreaterThan(100);
  expect(other).toEqual(one);
});
