import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";

/** 12 hours, the longest delay a queue is trusted with; what waits longer is hinted by the sweep. */
export const MAX_DELAY_SECONDS = 43_200;

export interface Hint {
  deliveryId: number;
  delaySeconds?: number;
}

/** The queues, as this service speaks to them: hints that a delivery may be due. */
export interface Hints {
  /** For deliveries that were never attempted. */
  first(hints: Hint[]): Promise<void>;
  /** For all others, so that nobody's first attempt waits behind somebody's retries. */
  retry(hints: Hint[]): Promise<void>;
  /** That held deliveries may be released. */
  release(): Promise<void>;
}

/** How long the sweep leaves a hint to the queue before it sends it again. */
export const HINT_GRACE_MS = 2 * 60 * 1000;

/** Sends hints. A queue that refuses them costs minutes, not deliveries: their rows are committed, and swept. */
export async function hintDeliveries({ hints, log }: Context, queue: keyof Hints, wanted: Hint[]): Promise<void> {
  if (wanted.length === 0) return;
  try {
    await hints[queue](wanted);
  } catch (error) {
    log({ event: "hint_failed", deliveries: wanted.length, ...errorFields(error) });
  }
}

/** Asks for what is held and may go on to be released soon, in an invocation of its own; else the sweep does it. */
export async function hintRelease({ hints, log }: Context): Promise<void> {
  try {
    await hints.release();
  } catch (error) {
    log({ event: "hint_failed", deliveries: 0, ...errorFields(error) });
  }
}

/** None for what waits longer than a queue can: the sweep hints that. */
export function delayedHint(deliveryId: number, delayMs: number): Hint[] {
  const delaySeconds = Math.max(0, Math.ceil(delayMs / 1000));
  return delaySeconds > MAX_DELAY_SECONDS ? [] : [{ deliveryId, delaySeconds }];
}
