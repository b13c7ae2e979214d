import { faultAt, modesAt, noFaults, outageFrom, type Faults, type Point } from "./fault.ts";
import { violations } from "./invariants.ts";
import { run } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { everySoMany } from "../support/property-runs.ts";

const SEED = 1;
/** More than a message's tries, so that some go to the dead letters. */
const OUTAGE_CALLS = 12;
/** An outage is so long that the next two would hardly differ. */
const OUTAGE_EVERY = 3;

/** Of a fault in the service there may be hundreds. */
const MAX_FINDINGS = 10;

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
 * outage of D1 from every third on. Returns how many faults there are to plan
 * for, and what did not hold. `npm test` runs every fifth of them.
 */
export async function everyPoint(
  scenario: Scenario,
  { isWanted = () => true, withOutages = true }: Choice = {},
): Promise<{ plans: number; findings: Finding[] }> {
  const { points } = await run(scenario, { faults: noFaults, seed: SEED });
  const plans = points.filter(isWanted).flatMap((point) => plansAt(point, withOutages));
  const findings: Finding[] = [];
  for (const { fault, faults } of everySoMany(plans, 5)) {
    const found = violations(scenario, await run(scenario, { faults, seed: SEED }));
    if (found.length > 0) findings.push({ fault, violations: found });
    if (findings.length === MAX_FINDINGS) break;
  }
  return { plans: plans.length, findings };
}

function plansAt(point: Point, withOutages: boolean): { fault: string; faults: Faults }[] {
  const { number, kind, name, by } = point;
  const where = `point ${number}: ${kind} (${name}) of ${by}`;
  const outage = { fault: `${where}: an outage from here`, faults: outageFrom(number, OUTAGE_CALLS) };
  return [
    ...modesAt(point).map((mode) => ({ fault: `${where}: ${mode}`, faults: faultAt(number, mode) })),
    ...(withOutages && kind === "d1" && number % OUTAGE_EVERY === 0 ? [outage] : []),
  ];
}
