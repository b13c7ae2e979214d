import { beforeAll, expect, it } from "vitest";
import { faultsByChance } from "./fault.ts";
import { randomOf } from "./random.ts";
import { run, type Outcome } from "./run.ts";
import { startOfTime } from "./scenario.ts";
import { busy } from "./scenarios.ts";
import { watch } from "./snapshots.ts";

beforeAll(watch);

it("is the same run each time that a seed is given, so that what fails can be looked at", async () => {
  const again = (): Promise<Outcome> =>
    run(busy, { faults: faultsByChance(randomOf(7), 0.1, startOfTime + 600_000), seed: 7, isShuffled: true });
  const [one, other] = [await again(), await again()];
  expect(one.points.length).toBeGreaterThan(100);
  expect(other).toEqual(one);
});
