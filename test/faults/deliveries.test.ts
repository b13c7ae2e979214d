import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { lostHints, ordinary } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

describe(ordinary.name, () => holdsAtEveryPoint(ordinary, 108));
describe(lostHints.name, () => holdsAtEveryPoint(lostHints, 132));
