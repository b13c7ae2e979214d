import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./holds.ts";
import { slack } from "./scenarios.ts";
import { watch } from "./witness.ts";

beforeAll(watch);

describe(slack.name, () => holdsAtEveryPoint(slack));
