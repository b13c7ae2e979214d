import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { forgotten, ordinary } from "./scenarios.ts";
import { watch } from "./snapshots.ts";

beforeAll(watch);

describe(ordinary.name, () => holdsAtEveryPoint(ordinary, 108));
describe(forgotten.name, () => holdsAtEveryPoint(forgotten, 93));
