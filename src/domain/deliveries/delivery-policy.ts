import type { Config } from "../../config.ts";

const JITTERED_FROM_SECONDS = 60;
const JITTER = 0.2;
const MAX_PROBE_WAIT_SECONDS = 600;

/** The variables that decide how deliveries are attempted. */
export interface DeliveryPolicy {
  /** Seconds between attempts. */
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
 * Seconds to wait after attempt number `attempt`, which counts from 1 in each run of the schedule. Undefined after the
 * last attempt. Waits of a minute or more vary by ±20 %, so that deliveries that failed together are not attempted
 * together. The wait is at least `atLeastSeconds`, the receiver's Retry-After, even if the schedule has a shorter one.
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
 * Milliseconds between the probes of an open breaker. They follow the schedule, but none is longer than about ten
 * minutes, so that the breaker closes soon after the receiver has recovered.
 */
export function probeWaits(schedule: readonly number[], random: () => number): number[] {
  return schedule.map((wait) => jittered(Math.min(wait, MAX_PROBE_WAIT_SECONDS), random) * 1000);
}

function jittered(seconds: number, random: () => number): number {
  return seconds < JITTERED_FROM_SECONDS ? seconds : Math.round(seconds * (1 + JITTER * (2 * random() - 1)));
}

/**
 * True if the schedule allows attempt number `attempt`, which counts from 1. A schedule of n waits allows n + 1
 * attempts.
 */
export function allowsAttempt(schedule: readonly number[], attempt: number): boolean {
  return attempt <= schedule.length + 1;
}
