import type { Context } from "../context.ts";
import { sweepSoon } from "../domain/deliveries/sweep-deliveries.ts";
import { errorFields } from "../lib/log.ts";
import { readHints } from "./messages.ts";

const RETRY_DELAY_SECONDS = 60;

/** Handles hints that failed in all their tries. */
export async function consumeDeadLetters(context: Context, batch: MessageBatch): Promise<void> {
  const { ids } = readHints(context, batch); // release hints are dropped: the sweep releases held deliveries anyway
  try {
    await sweepSoon(context, ids);
    context.log({ event: "dead_letters", deliveries: ids.length });
    batch.ackAll();
  } catch (error) {
    context.log({ event: "consume_failed", queue: batch.queue, messages: ids.length, ...errorFields(error) });
    batch.retryAll({ delaySeconds: RETRY_DELAY_SECONDS });
  }
}
