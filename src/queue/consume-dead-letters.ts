import type { Context } from "../context.ts";
import { sweepSoon } from "../domain/deliveries/sweep-deliveries.ts";
import { errorFields } from "../lib/log.ts";
import { hintedBy } from "./messages.ts";

const RETRY_DELAY_SECONDS = 60;

/** Hints that no consumer could take, in all their tries. */
export async function consumeDeadLetters(context: Context, batch: MessageBatch): Promise<void> {
  const { ids } = hintedBy(context, batch); // a release needs no hint: the sweep comes
  try {
    await sweepSoon(context, ids);
    context.log({ event: "dead_letters", deliveries: ids.length });
    batch.ackAll();
  } catch (error) {
    context.log({ event: "consume_failed", queue: batch.queue, messages: ids.length, ...errorFields(error) });
    batch.retryAll({ delaySeconds: RETRY_DELAY_SECONDS });
  }
}
