import { expect, it } from "vitest";
import { everyPoint, type Choice } from "./every-point.ts";
import { noFaults, type Point } from "./fault.ts";
import { arrivedTwice } from "./received-requests.ts";
import { violations } from "./invariants.ts";
import { run } from "./run.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario may take hundreds of runs. */
const TIMEOUT_MS = 300_000;

/**
 * Defines the two tests of a scenario. `plans` is the expected number of simulated faults, so that a renamed task or
 * statement cannot reduce it unnoticed.
 */
export function holdsAtEveryPoint(scenario: Scenario, plans: number, choice?: Choice): void {
  it("ends well without a fault, and no delivery arrives twice unless an owner sends it again", async () => {
    const outcome = await run(scenario, { faults: noFaults, seed: 1 });
    expect(violations(scenario, outcome)).toEqual([]);
    if (!scenario.mayArriveTwice) expect(arrivedTwice(outcome)).toEqual([]);
  });

  it("ends well if any one point fails, is late or ends the invocation", { timeout: TIMEOUT_MS }, async () => {
    const { plans: planned, findings } = await everyPoint(scenario, choice);
    expect(findings).toEqual([]);
    expect(planned).toBe(plans);
  });
}

/** Leaves out requests that fail and consumers that wait, because the first scenario covers them. */
export function isStored({ kind }: Point): boolean {
  return kind === "d1" || kind === "queue";
}

/** Leaves out the sweep's purges and the backlog, because one scenario is enough for them. */
export function isNotPurge({ name }: Point): boolean {
  return !name.includes("DELETE FROM") && !name.startsWith("SELECT count(*)");
}
