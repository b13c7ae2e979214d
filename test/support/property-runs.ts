import { env } from "cloudflare:workers";

const FC_RUNS = Number(env.FC_RUNS);

/**
 * How often a property is tried: FC_RUNS times its weight, which is larger for a cheap property. `npm test` uses few
 * runs, `npm run test:deep` many.
 */
export function propertyRuns(weight = 1): number {
  return Math.max(1, Math.round(FC_RUNS * weight));
}

/** Every so many of a list of cases that is too long for `npm test`; all of them in `npm run test:deep`. */
export function everySoMany<Case>(cases: readonly Case[], step: number): Case[] {
  return cases.filter((_, index) => FC_RUNS >= DEEP_RUNS || index % step === 0);
}

const DEEP_RUNS = 50;
