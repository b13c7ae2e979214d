import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint, isNoPurge } from "./holds.ts";
import { twice } from "./scenarios.ts";
import { watch } from "./witness.ts";

beforeAll(watch);

describe(twice.name, () => holdsAtEveryPoint(twice, { isWanted: isNoPurge, withOutages: false }));
