import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { duplicatedHints } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

describe(duplicatedHints.name, () =>
  holdsAtEveryPoint(duplicatedHints, 130, { isWanted: ({ by }) => by.startsWith("tidings"), withOutages: false }),
);
