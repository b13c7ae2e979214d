import type { Context } from "../../context.ts";
import { errorFields } from "../../log.ts";
import { MAX_DELAY_SECONDS, type Hint, type Hints } from "../../queue/hints.ts";

/** Sends hints. A queue that refuses them costs minutes, not deliveries: their rows are committed, and swept. */
export async function hintDeliveries({ hints, log }: Context, queue: keyof Hints, wanted: Hint[]): Promise<void> {
  if (wanted.length === 0) return;
  try {
    await hints[queue](wanted);
  } catch (error) {
    log({ event: "hint_failed", deliveries: wanted.length, ...errorFields(error) });
  }
}

/** None for what waits longer than a queue can: the sweep hints that. */
export function delayedHint(deliveryId: number, delayMs: number): Hint[] {
  const delaySeconds = Math.max(0, Math.ceil(delayMs / 1000));
  return delaySeconds > MAX_DELAY_SECONDS ? [] : [{ deliveryId, delaySeconds }];
}
