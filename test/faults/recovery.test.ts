import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint, isNoPurge } from "./fault-harness.ts";
import { longRecovery, recovery } from "./scenarios.ts";
import { RECOVER } from "./invariants.ts";
import { watch } from "./snapshots.ts";

beforeAll(watch);

describe(recovery.name, () => {
  holdsAtEveryPoint(recovery, 73, { isWanted: ({ by }) => by.startsWith(RECOVER) });
});
describe(longRecovery.name, () => {
  holdsAtEveryPoint(longRecovery, 72, { isWanted: (point) => point.by === "sweep" && isNoPurge(point) });
});
