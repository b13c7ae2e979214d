import type { Config } from "../../config.ts";

const JITTERED_FROM_SECONDS = 60;
const JITTER = 0.2;
const MAX_PROBE_WAIT_SECONDS = 600;

/** The variables that decide how deliveries are attempted. */
export interface DeliveryPolicy {
  /** Waits in seconds. */
  retrySchedule: readonly number[];
  timeoutSeconds: number;
  allowLocalDestinations: boolean;
  publicUrl: string | undefined;
}

/** @throws AppError `misconfigured` */
export function deliveryPolicy(config: Config): DeliveryPolicy {
  return {
    retrySchedule: config.retrySchedule,
    timeoutSeconds: config.deliveryTimeoutSeconds,
    allowLocalDestinations: config.allowLocalDestinations,
    publicUrl: config.publicUrl,
  };
}

/**
 * Seconds to wait after attempt number `attempt` (from 1) of a schedule's run, or undefined when it was the last.
 * Waits of a minute and more are spread by ±20 %, so that deliveries that failed together are not attempted together.
 * `atLeastSeconds` is the receiver's Retry-After, which is kept even if it exceeds the schedule.
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
 * Milliseconds from one probe of an open breaker to the next: by the schedule, but at most ten minutes, so that the
 * breaker closes soon after the receiver has recovered.
 */
export function probeWaits(schedule: readonly number[], random: () => number): number[] {
  return schedule.map((wait) => jittered(Math.min(wait, MAX_PROBE_WAIT_SECONDS), random) * 1000);
}

function jittered(seconds: number, random: () => number): number {
  return seconds < JITTERED_FROM_SECONDS ? seconds : Math.round(seconds * (1 + JITTER * (2 * random() - 1)));
}

/** Whether the schedule allows attempt number `attempt` (from 1): n waits are n + 1 attempts. */
export function isWithin(schedule: readonly number[], attempt: number): boolean {
  return attempt <= schedule.length + 1;
}
