import { faultAt, modesAt, noFaults, outageFrom, type Faults, type Point } from "./fault.ts";
import { violations } from "./invariants.ts";
import { run } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { everyNth } from "../support/property-runs.ts";

const SEED = 1;
/** More calls than a message has tries, so that some messages become dead letters. */
const OUTAGE_CALLS = 12;
/** Outages begin only at every third point, because an outage from the next point would be almost the same. */
const OUTAGE_EVERY = 3;

/** A fault in the service can cause hundreds of findings. */
const MAX_FINDINGS = 10;

/** A simulated fault, and the invariants that did not hold after it. */
export interface Finding {
  fault: string;
  violations: string[];
}

/** Limits the faults to those that other scenarios do not cover. */
export interface Choice {
  isWanted?: (point: Point) => boolean;
  withOutages?: boolean;
  /** `npm test` runs only every so many faults. Default: 20. */
  every?: number;
}

/**
 * Runs a scenario once without a fault, to find its points. Then runs it once for each way in which each point can
 * fail. Also runs it with an outage of D1 from every third point. Returns the number of planned faults, and the
 * findings. `npm test` runs every twentieth fault, or every `every`-th.
 */
export async function everyPoint(
  scenario: Scenario,
  { isWanted = () => true, withOutages = true, every = 20 }: Choice = {},
): Promise<{ plans: number; findings: Finding[] }> {
  const { points } = await run(scenario, { faults: noFaults, seed: SEED });
  const plans = points.filter(isWanted).flatMap((point) => plansAt(point, withOutages));
  const findings: Finding[] = [];
  for (const { fault, faults } of everyNth(plans, every)) {
    const found = violations(scenario, await run(scenario, { faults, seed: SEED }));
    if (found.length > 0) findings.push({ fault, violations: found });
    if (findings.length === MAX_FINDINGS) break;
  }
  return { plans: plans.length, findings };
}

function plansAt(point: Point, withOutages: boolean): { fault: string; faults: Faults }[] {
  const { number, kind, name, by } = point;
  const where = `point ${number}: ${kind} (${name}) of ${by}`;
  const outage = { fault: `${where}: an outage of D1 begins`, faults: outageFrom(number, OUTAGE_CALLS) };
  return [
    ...modesAt(point).map((mode) => ({ fault: `${where}: ${mode}`, faults: faultAt(number, mode) })),
    ...(withOutages && kind === "d1" && number % OUTAGE_EVERY === 0 ? [outage] : []),
  ];
}
