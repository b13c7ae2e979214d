import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { twice } from "./scenarios.ts";
import { watch } from "./snapshots.ts";

beforeAll(watch);

describe(twice.name, () =>
  holdsAtEveryPoint(twice, 130, { isWanted: ({ by }) => by.startsWith("tidings"), withOutages: false }),
);
