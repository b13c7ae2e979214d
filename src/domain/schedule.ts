/** How long the sweep leaves a hint to the queue before it sends it again. */
export const HINT_GRACE_MS = 2 * 60 * 1000;

const JITTERED_FROM_SECONDS = 60;
const JITTER = 0.2;

/**
 * Seconds to wait after attempt number `attempt` (from 1) of a schedule's run, or undefined when it was the last.
 * Waits of a minute and more are spread by ±20 %, so that what failed together does not come back together.
 * `atLeastSeconds` is the receiver's own wish (Retry-After), kept even where it exceeds the schedule.
 */
export function waitAfter(
  schedule: readonly number[],
  attempt: number,
  random: () => number,
  atLeastSeconds = 0,
): number | undefined {
  const wait = schedule[attempt - 1];
  if (wait === undefined) return undefined;
  const jittered = wait < JITTERED_FROM_SECONDS ? wait : Math.round(wait * (1 + JITTER * (2 * random() - 1)));
  return Math.max(jittered, atLeastSeconds);
}

/** Whether attempt number `attempt` (from 1) has a place in the schedule: n waits are n + 1 attempts. */
export function isWithin(schedule: readonly number[], attempt: number): boolean {
  return attempt <= schedule.length + 1;
}
