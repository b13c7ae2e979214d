import { beforeAll, describe } from "vitest";
import { holdsAtEveryPoint, isNoPurge, isStored } from "./fault-harness.ts";
import { owners } from "./scenarios.ts";
import { watch } from "./snapshots.ts";

beforeAll(watch);

describe(owners.name, () =>
  holdsAtEveryPoint(owners, 181, { isWanted: (point) => isStored(point) && isNoPurge(point) }),
);
