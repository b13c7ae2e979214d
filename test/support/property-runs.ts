import { env } from "cloudflare:workers";

const FC_RUNS = Number(env.FC_RUNS);
const DEEP_RUNS = 50;

/** True in `npm run test:deep`. */
export const IS_DEEP = FC_RUNS >= DEEP_RUNS;

/**
 * The number of runs of a property: FC_RUNS times the weight of the property, which is larger if a run is cheap.
 * FC_RUNS is small in `npm test` and large in `npm run test:deep`.
 */
export function propertyRuns(weight = 1): number {
  return Math.max(1, Math.round(FC_RUNS * weight));
}

/** Returns each `step`-th case, because all cases take too long for `npm test`. `npm run test:deep` gets all cases. */
export function everyNth<Case>(cases: readonly Case[], step: number): Case[] {
  return cases.filter((_, index) => IS_DEEP || index % step === 0);
}
