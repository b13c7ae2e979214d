import { expect, it } from "vitest";
import { everyPoint, type Choice } from "./every-point.ts";
import { noFaults, type Point } from "./fault.ts";
import { arrivedTwice } from "./copies.ts";
import { violations } from "./invariants.ts";
import { run } from "./run.ts";
import type { Scenario } from "./scenario.ts";

/** Hundreds of runs, and the machine may be busy. */
const TIMEOUT_MS = 300_000;

/**
 * The two tests of a scenario. `plans` is how many faults it is tried with: pinned, so that a renamed task or statement
 * cannot empty the choice unnoticed.
 */
export function holdsAtEveryPoint(scenario: Scenario, plans: number, choice?: Choice): void {
  it("goes well without a fault, and nothing arrives twice that nobody asked for twice", async () => {
    const outcome = await run(scenario, { faults: noFaults, seed: 1 });
    expect(violations(scenario, outcome)).toEqual([]);
    if (!scenario.mayArriveTwice) expect(arrivedTwice(outcome)).toEqual([]);
  });

  it("goes well whatever fails, dies or comes late at whatever point", { timeout: TIMEOUT_MS }, async () => {
    const { plans: planned, findings } = await everyPoint(scenario, choice);
    expect(findings).toEqual([]);
    expect(planned).toBe(plans);
  });
}

/** Requests that fail and consumers that wait are in the ordinary scenario. */
export function isStored({ kind }: Point): boolean {
  return kind === "d1" || kind === "queue";
}

/** The sweep's last tasks have nothing to do with deliveries that are on their way: one scenario is enough for them. */
export function isNoPurge({ name }: Point): boolean {
  return !name.includes("DELETE FROM") && !name.startsWith("SELECT count(*)");
}
