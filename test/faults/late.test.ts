import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { lateOverRedelivery, lateOverRevival } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

describe(lateOverRedelivery.name, () => holdsAtEveryPoint(lateOverRedelivery, 151, { withOutages: false }));
describe(lateOverRevival.name, () => holdsAtEveryPoint(lateOverRevival, 204, { withOutages: false }));
