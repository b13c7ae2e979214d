import { beforeAll, describe } from "vitest";
import type { Point } from "./fault.ts";
import { holdsAtEveryPoint, isNotPurge } from "./fault-harness.ts";
import { startOfTime } from "./scenario.ts";
import { crowd, damaged } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";

/** By this time, the healthy receiver has received its held deliveries. */
const CROWD_MS = 125_000;

beforeAll(installTriggers);

describe(damaged.name, () => holdsAtEveryPoint(damaged, 120));
describe(crowd.name, () => holdsAtEveryPoint(crowd, 132, { isWanted: isEarlySweep, withOutages: false }));

function isEarlySweep(point: Point): boolean {
  return point.by === "sweep" && point.now < startOfTime + CROWD_MS && isNotPurge(point);
}
