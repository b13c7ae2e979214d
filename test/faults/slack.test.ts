import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { slack } from "./scenarios.ts";
import { watch } from "./snapshots.ts";

beforeAll(watch);

describe(slack.name, () => holdsAtEveryPoint(slack, 89));
