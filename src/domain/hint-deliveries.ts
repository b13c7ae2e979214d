import type { Context } from "../context.ts";
import { errorFields } from "../lib/log.ts";
import { MAX_DELAY_SECONDS, type Hint, type Hints } from "../queue/producer.ts";

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
