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
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

describe(copiedLog.name, () => holdsAtEveryPoint(copiedLog, 0, { isWanted: isOfLog }));
describe(crowdedCopy.name, () => holdsAtEveryPoint(crowdedCopy, 0, { isWanted: isOfLog, withOutages: false }));
describe(restoredLog.name, () => holdsAtEveryPoint(restoredLog, 0, { isWanted: isOfLog }));
describe(restoredToNothing.name, () =>
  holdsAtEveryPoint(restoredToNothing, 0, { isWanted: isOfLog, withOutages: false }),
);
describe(restoredInFlight.name, () =>
  holdsAtEveryPoint(restoredInFlight, 0, { isWanted: isOfLog, withOutages: false }),
);
describe(restoredAgain.name, () => holdsAtEveryPoint(restoredAgain, 0, { isWanted: isOfLog, withOutages: false }));

/** The other tasks of a sweep have scenarios of their own, and recordings too; who restores D1 sees it through. */
function isOfLog({ by, kind, name }: Point): boolean {
  const isLog = by === "tidings-log" || kind === "bucket" || name.includes("log_") || name.includes("tidings-log");
  return isLog && !by.startsWith(OPERATOR);
}
