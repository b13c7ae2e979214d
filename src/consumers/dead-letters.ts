import type { Context } from "../context.ts";
import { errorFields } from "../log.ts";
import { sweepDeliveriesSoon } from "../store/sweep-deliveries.ts";
import { deliveryIds } from "./hints.ts";

const RETRY_DELAY_SECONDS = 60;

/** A hint that no consumer could take has told nothing of its delivery: the next sweep sends it anew. */
export async function consumeDeadLetters(context: Context, batch: MessageBatch): Promise<void> {
  const ids = deliveryIds(context, batch);
  try {
    await sweepDeliveriesSoon(context.db, ids, context.now());
    context.log({ event: "dead_letters", deliveries: ids.length });
    batch.ackAll();
  } catch (error) {
    context.log({ event: "consume_failed", queue: batch.queue, messages: ids.length, ...errorFields(error) });
    batch.retryAll({ delaySeconds: RETRY_DELAY_SECONDS });
  }
}
