import type { Config } from "../../config.ts";
import { HOUR_MS } from "../../lib/time.ts";

/** The largest batch. The bytes are those of the body before compression. A single larger event is sent alone. */
export const MAX_BATCH_EVENTS = 1_000;
export const MAX_BATCH_BYTES = 1_048_576;

const RETRY_SECONDS = [5, 30, 120, 600] as const;
const LAST_RETRY_SECONDS = 600;

/**
 * Seconds to wait after a failed attempt. `failures` counts those since the last success, this one included. The wait
 * is at least `atLeastSeconds`, the receiver's Retry-After.
 */
export function retryWait(failures: number, atLeastSeconds = 0): number {
  return Math.max(RETRY_SECONDS[failures - 1] ?? LAST_RETRY_SECONDS, atLeastSeconds);
}

/** The limit for the batches after one that was too large. */
export function reducedBytes(tooLarge: number): number {
  return Math.max(1, Math.floor(tooLarge / 2));
}

/** Receivers rarely have a lower limit. A stream has a lower one if a small batch got a 413 for some other reason. */
const RARE_LIMIT_BYTES = 65_536;

/** The limit after a batch has arrived. It grows slowly, because a batch that is too large costs a whole upload. */
export function raisedBytes(limit: number): number {
  return Math.min(MAX_BATCH_BYTES, Math.ceil(limit * (limit < RARE_LIMIT_BYTES ? 2 : 1.05)));
}

const MIN_LEASE_SECONDS = 30;
/** After its timeout, an attempt may need this time to read the response's body and to be settled. */
const MARGIN_SECONDS = 5;
/** Workers: an invocation may continue for this time after its handler has returned. */
const MAX_BACKGROUND_SECONDS = 30;
/** The longest run if the queue waits for the end of the invocation. */
const MAX_AWAITED_SECONDS = 60;

/** The limits of one invocation. */
export interface StreamPolicy {
  timeoutSeconds: number;
  allowLocalDestinations: boolean;
  publicUrl: string | undefined;
  leaseMs: number;
  /** No batch begins later than this after the start of the invocation. */
  maxRunMs: number;
  /** True if the longest run fits into the time that an invocation has after its handler has returned. */
  mayContinue: boolean;
}

/** @throws AppError `misconfigured` */
export function streamPolicy(config: Config): StreamPolicy {
  const { deliveryTimeoutSeconds: timeoutSeconds, allowLocalDestinations, publicUrl } = config;
  const backgroundSeconds = MAX_BACKGROUND_SECONDS - timeoutSeconds - MARGIN_SECONDS;
  const mayContinue = backgroundSeconds >= MARGIN_SECONDS;
  return {
    timeoutSeconds,
    allowLocalDestinations,
    publicUrl,
    leaseMs: Math.max(MIN_LEASE_SECONDS, 2 * timeoutSeconds) * 1000,
    maxRunMs: (mayContinue ? backgroundSeconds : MAX_AWAITED_SECONDS) * 1000,
    mayContinue,
  };
}

/** If a stream carries none of the new events, its position is stored after this many events, or after this time. */
const STORED_EVERY_EVENTS = 1_000;
const STORED_EVERY_MS = HOUR_MS;

/**
 * True if a stream should store that it has passed the events up to `newestId`, none of which it carries. Each store
 * costs a row. Without it, a filter would scan the same events again, and retention would seem to delete events of the
 * stream.
 */
export function isWorthStoring(stream: { after: number; moved_at: number }, newestId: number, now: number): boolean {
  const passed = newestId - stream.after;
  return passed >= STORED_EVERY_EVENTS || (passed > 0 && now - stream.moved_at >= STORED_EVERY_MS);
}
