import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { advanceLog } from "../../src/domain/log/advance-log.ts";
import { wholeHistory, type History } from "../support/archive.ts";
import { KEY } from "../support/log.ts";
import { aMovingContext } from "../support/moved-history.ts";
import { everyNth } from "../support/property-runs.ts";
import { backUp } from "../support/restore.ts";
import { forgetEverything } from "../support/tables.ts";
import { recordHistory } from "../domain/moving/moved-world.ts";
import { faultAt, faultsByChance, modesAt, noFaults } from "./fault.ts";
import { runMove, type MoveScenario } from "./move-run.ts";
import { seededRandom } from "./random.ts";
import { startOfTime } from "./scenario.ts";

const TIMEOUT_MS = 300_000;

let history: History;

/** 300 events in the log: a segment, and some that stay in D1. */
beforeAll(async () => {
  await forgetEverything();
  await env.DB.prepare("DELETE FROM sqlite_sequence").run();
  await recordHistory(300);
  await advanceLog(aMovingContext({ LOG_KEY: KEY.privateKey }, { logCopy: undefined }));
  history = await wholeHistory();
  await backUp();
});

const vars = { LOG_KEY: KEY.privateKey };

const oneSweep = { name: "a move in one sweep", vars: {}, segmentEvents: 256, keepUpTo: 0, maxSteps: 120, movers: 1 };
const manySweeps = {
  name: "a move of a logged history in many sweeps",
  vars,
  segmentEvents: 256,
  keepUpTo: 0,
  maxSteps: 1,
  movers: 1,
};
const twoMovers = { name: "two movers at once", vars, segmentEvents: 256, keepUpTo: 4, maxSteps: 2, movers: 2 };

describe.each([
  { scenario: oneSweep, plans: 155, every: 30 },
  { scenario: manySweeps, plans: 218, every: 60 },
  { scenario: twoMovers, plans: 218, every: 90 },
])("$scenario.name", ({ scenario, plans: expected, every }) => {
  it("moves the history", async () => {
    expect((await runMove(scenario, history, { faults: noFaults })).violations).toEqual([]);
  });

  it(
    "shows every event once at every instant, if any one point fails, is late or ends the mover",
    { timeout: TIMEOUT_MS },
    async () => {
      const { points } = await runMove(scenario, history, { faults: noFaults });
      const plans = points.flatMap((point) => modesAt(point).map((mode) => ({ point, mode })));
      const findings = [];
      for (const { point, mode } of everyNth(plans, every)) {
        const { violations } = await runMove(scenario, history, { faults: faultAt(point.number, mode) });
        if (violations.length > 0) findings.push({ fault: `${point.number} ${point.name}: ${mode}`, violations });
      }
      expect(findings.slice(0, 5)).toEqual([]);
      expect(plans.length).toBe(expected);
    },
  );
});
describe("a move in which many things fail at once", () => {
  it.each(everyNth([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 4))(
    "shows every event once at every instant (%i)",
    async (seed) => {
      const faults = faultsByChance(seededRandom(seed), 0.15, startOfTime + 600_000);
      expect((await runMove(twoMovers, history, { faults, seed })).violations).toEqual([]);
    },
  );
});

it("does not keep the opening of an event that is erased while it is moved", { timeout: TIMEOUT_MS }, async () => {
  const { points } = await runMove(oneSweep, history, { faults: noFaults });
  const event = Math.min(...history.events.keys()) + 7;
  for (const { number: at } of everyNth(points, 6)) {
    const scenario: MoveScenario = { ...oneSweep, erases: { event, at } };
    expect((await runMove(scenario, history, { faults: noFaults })).violations, `at point ${at}`).toEqual([]);
  }
});
