import { beforeAll, describe } from "vitest";
import {
  copiedLog,
  crowdedCopy,
  OPERATOR,
  restoredAgain,
  restoredInFlight,
  restoredLog,
  restoredToNothing,
} from "./copy-scenarios.ts";
import type { Point } from "./fault.ts";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { startOfTime } from "./scenario.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

/** Deep tests run each. */
const every = 90;

describe(copiedLog.name, () => holdsAtEveryPoint(copiedLog, 215, { isWanted: isOfLog, every }));
describe(restoredLog.name, () => holdsAtEveryPoint(restoredLog, 356, { isWanted: isOfLog, every }));
describe.each([
  { scenario: crowdedCopy, plans: 408 },
  { scenario: restoredToNothing, plans: 196 },
  { scenario: restoredInFlight, plans: 203 },
])("$scenario.name", ({ scenario, plans }) => {
  holdsAtEveryPoint(scenario, plans, { isWanted: isOfLog, withOutages: false, every });
});
describe(restoredAgain.name, () => {
  // What comes before the first restore is in another scenario.
  const isWanted = (point: Point) => isOfLog(point) && point.now >= startOfTime + 20_000;
  holdsAtEveryPoint(restoredAgain, 238, { isWanted, withOutages: false, every });
});

/** Leaves out recordings and the other tasks of a sweep, which other scenarios cover, and restores, which must succeed. */
function isOfLog({ by, kind, name }: Point): boolean {
  const isLog = by === "tidings-log" || kind === "bucket" || name.includes("log_") || name.includes("tidings-log");
  return isLog && !by.startsWith(OPERATOR);
}
