import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./holds.ts";
import { longRecovery, recovery } from "./scenarios.ts";
import { startOfTime } from "./scenario.ts";
import { RECOVER } from "./invariants.ts";
import { watch } from "./witness.ts";

/** When everything that is to be recovered has failed; what is before is as in any scenario. */
const RECOVERS_MS = 300_000;

beforeAll(watch);

describe(recovery.name, () => {
  holdsAtEveryPoint(recovery, { isWanted: ({ now }) => now >= startOfTime + RECOVERS_MS, withOutages: false });
});
describe(longRecovery.name, () => {
  holdsAtEveryPoint(longRecovery, { isWanted: ({ by }) => by.startsWith(RECOVER), withOutages: false });
});
