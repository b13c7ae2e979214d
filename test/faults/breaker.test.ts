import { beforeAll, describe } from "vitest";
import type { Point } from "./fault.ts";
import { holdsAtEveryPoint, isStored } from "./fault-harness.ts";
import { startOfTime } from "./scenario.ts";
import { breaker, shortSchedule } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";

/** When the breaker opens. Points before that are covered by other scenarios. */
const OPENING_MS = 5000;

beforeAll(installTriggers);

describe(breaker.name, () => holdsAtEveryPoint(breaker, 89, { isWanted }));
describe(shortSchedule.name, () => holdsAtEveryPoint(shortSchedule, 74, { isWanted, withOutages: false }));

function isWanted(point: Point): boolean {
  return point.now >= startOfTime + OPENING_MS && isStored(point);
}
