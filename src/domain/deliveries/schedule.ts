const JITTERED_FROM_SECONDS = 60;
const JITTER = 0.2;
const LONGEST_PROBE_WAIT_SECONDS = 600;

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
  return Math.max(jittered(wait, random), atLeastSeconds);
}

/**
 * Milliseconds from one probe of an open breaker to the next: along the schedule, but never longer than ten minutes, so
 * that a receiver that is well again is soon found out.
 */
export function probeWaits(schedule: readonly number[], random: () => number): number[] {
  return schedule.map((wait) => jittered(Math.min(wait, LONGEST_PROBE_WAIT_SECONDS), random) * 1000);
}

function jittered(seconds: number, random: () => number): number {
  return seconds < JITTERED_FROM_SECONDS ? seconds : Math.round(seconds * (1 + JITTER * (2 * random() - 1)));
}

/** Whether attempt number `attempt` (from 1) has a place in the schedule: n waits are n + 1 attempts. */
export function isWithin(schedule: readonly number[], attempt: number): boolean {
  return attempt <= schedule.length + 1;
}
