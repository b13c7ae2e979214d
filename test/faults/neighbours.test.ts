import { beforeAll, describe } from "vitest";
import type { Point } from "./fault.ts";
import { holdsAtEveryPoint, isNoPurge } from "./fault-harness.ts";
import { startOfTime } from "./scenario.ts";
import { crowd, damaged } from "./scenarios.ts";
import { watch } from "./snapshots.ts";

/** By then the receiver that is well has what was held for it. */
const CROWD_MS = 125_000;

beforeAll(watch);

describe(damaged.name, () => holdsAtEveryPoint(damaged, 120));
describe(crowd.name, () => holdsAtEveryPoint(crowd, 64, { isWanted: isEarlySweep, withOutages: false }));

function isEarlySweep(point: Point): boolean {
  return point.by === "sweep" && point.now < startOfTime + CROWD_MS && isNoPurge(point);
}
