import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { KEY, verified } from "../support/log.ts";
import { noFaults, type Point } from "./fault.ts";
import { holdsAtEveryPoint } from "./fault-harness.ts";
import { crowdedLog, lateLog, ordinaryLog, unhintedLog } from "./log-scenarios.ts";
import { run } from "./run.ts";
import { installTriggers } from "./snapshots.ts";

beforeAll(installTriggers);

/** Deep tests run each. */
const every = 40;

describe(ordinaryLog.name, () => {
  it("needs no sweep while hints arrive", async () => {
    expect((await run(ordinaryLog, { faults: noFaults, seed: 1 })).sweptAt).toEqual([]);
  });

  holdsAtEveryPoint(ordinaryLog, 81, { every });
});

describe(unhintedLog.name, () => holdsAtEveryPoint(unhintedLog, 57, { isWanted: isAboutLog, every }));
describe(crowdedLog.name, () =>
  holdsAtEveryPoint(crowdedLog, 123, { isWanted: isAboutLog, withOutages: false, every }),
);

describe(lateLog.name, () => {
  it("has no checkpoint before it contains the whole history", async () => {
    await run(lateLog, { faults: noFaults, seed: 1 });
    const first = await env.DB.prepare("SELECT checkpoint FROM seen_checkpoints ORDER BY rowid").first<string>(
      "checkpoint",
    );
    expect((await verified(first ?? "", KEY.publicKey)).size).toBeGreaterThanOrEqual(2_600);
  });

  holdsAtEveryPoint(lateLog, 72, { isWanted: isAboutLog, withOutages: false, every });
});

/** Leaves out the other tasks of a sweep, because other scenarios cover them. */
function isAboutLog({ by, name }: Point): boolean {
  return by === "tidings-log" || name.includes("log_") || name.includes("tidings-log");
}
