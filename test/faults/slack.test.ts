import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { slack } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

describe(slack.name, () => holdsAtEveryPoint(slack, 89));
