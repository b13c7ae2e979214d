import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint, isNotPurge, isStored } from "./fault-harness.ts";
import { owners } from "./scenarios.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

describe(owners.name, () =>
  holdsAtEveryPoint(owners, 181, { isWanted: (point) => isStored(point) && isNotPurge(point) }),
);
