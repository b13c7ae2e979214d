import { faultAt, modesAt, noFaults, outageFrom, type Faults, type Point } from "./fault.ts";
import { violations } from "./invariants.ts";
import { run } from "./run.ts";
import type { Scenario } from "./scenario.ts";

const SEED = 1;
/** More than a message's tries, so that some go to the dead letters. */
const OUTAGE_CALLS = 12;

/** What went wrong at a point, and what did not hold then. */
export interface Finding {
  fault: string;
  violations: string[];
}

/** What is left out, because other scenarios have it. */
export interface Choice {
  isWanted?: (point: Point) => boolean;
  withOutages?: boolean;
}

/**
 * Runs a scenario once without a fault, then once for each point that it came to and each way to fail there, and for an
 * outage of D1 from each call on. Answers how many runs that were and what did not hold in them.
 */
export async function everyPoint(
  scenario: Scenario,
  { isWanted = () => true, withOutages = true }: Choice = {},
): Promise<{ runs: number; findings: Finding[] }> {
  const { points } = await run(scenario, { faults: noFaults, seed: SEED });
  const plans = points.filter(isWanted).flatMap((point) => plansAt(point, withOutages));
  const findings: Finding[] = [];
  for (const { fault, faults } of plans) {
    const found = violations(scenario, await run(scenario, { faults, seed: SEED }));
    if (found.length > 0) findings.push({ fault, violations: found });
  }
  return { runs: plans.length, findings };
}

function plansAt(point: Point, withOutages: boolean): { fault: string; faults: Faults }[] {
  const { number, kind, name, by } = point;
  const where = `point ${number}: ${kind} (${name}) of ${by}`;
  const outage = { fault: `${where}: an outage from here`, faults: outageFrom(number, OUTAGE_CALLS) };
  return [
    ...modesAt(point).map((mode) => ({ fault: `${where}: ${mode}`, faults: faultAt(number, mode) })),
    ...(withOutages && kind === "d1" ? [outage] : []),
  ];
}
