import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint, isNotPurge } from "./fault-harness.ts";
import { longRecovery, recovery } from "./scenarios.ts";
import { RECOVER } from "./invariants.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

describe(recovery.name, () => {
  holdsAtEveryPoint(recovery, 73, { isWanted: ({ by }) => by.startsWith(RECOVER) });
});
describe(longRecovery.name, () => {
  holdsAtEveryPoint(longRecovery, 111, { isWanted: (point) => point.by === "sweep" && isNotPurge(point) });
});
