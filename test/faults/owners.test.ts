import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint, isNoPurge } from "./holds.ts";
import { owners } from "./scenarios.ts";
import { watch } from "./witness.ts";

beforeAll(watch);

describe(owners.name, () => holdsAtEveryPoint(owners, { isWanted: isNoPurge }));
