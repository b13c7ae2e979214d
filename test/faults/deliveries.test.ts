import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./holds.ts";
import { forgotten, ordinary } from "./scenarios.ts";
import { watch } from "./witness.ts";

beforeAll(watch);

describe(ordinary.name, () => holdsAtEveryPoint(ordinary));
describe(forgotten.name, () => holdsAtEveryPoint(forgotten));
