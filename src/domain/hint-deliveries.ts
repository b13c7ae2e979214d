import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";

/**
 * 12 hours, the longest delay of a queue message (Cloudflare Queues, "Limits"). The sweep hints deliveries that wait
 * longer.
 */
export const MAX_DELAY_SECONDS = 43_200;

export interface Hint {
  deliveryId: number;
  delaySeconds?: number;
}

/** The queues of hints. A hint says that there may be work: a delivery that is due, or events for the log or a stream. */
export interface Hints {
  /** For deliveries that were never attempted. */
  first(hints: Hint[]): Promise<void>;
  /** For all others, so that first attempts do not wait behind retries. */
  retry(hints: Hint[]): Promise<void>;
  /** Hints that held deliveries may be released. */
  release(): Promise<void>;
  /** Hints that events may be recorded that are not in the log. */
  log(delaySeconds: number): Promise<void>;
  /** Hints that a stream may have something to send. */
  streams(delaySeconds: number): Promise<void>;
}

/** If no attempt follows a hint within this time, the sweep sends the hint again. */
export const HINT_GRACE_MS = 2 * 60 * 1000;

/** If a queue refuses hints, their deliveries are late by minutes but not lost, because the sweep finds the rows. */
export async function hintDeliveries({ hints, log }: Context, queue: "first" | "retry", wanted: Hint[]): Promise<void> {
  if (wanted.length === 0) return;
  try {
    await hints[queue](wanted);
  } catch (error) {
    log({ event: "hint_failed", deliveries: wanted.length, ...errorFields(error) });
  }
}

/**
 * Asks for held deliveries to be released now, in another invocation. If the queue refuses, the next sweep releases
 * them.
 */
export async function hintRelease({ hints, log }: Context): Promise<void> {
  try {
    await hints.release();
  } catch (error) {
    log({ event: "hint_failed", deliveries: 0, ...errorFields(error) });
  }
}

/** Returns no hint if the delay is too long for a queue. The sweep sends that hint later. */
export function delayedHint(deliveryId: number, delayMs: number): Hint[] {
  const delaySeconds = Math.max(0, Math.ceil(delayMs / 1000));
  return delaySeconds > MAX_DELAY_SECONDS ? [] : [{ deliveryId, delaySeconds }];
}
