import type { Context } from "../context.ts";
import { attemptDeliveries } from "../domain/deliveries/attempt-deliveries.ts";
import { errorFields } from "../log.ts";
import { deliveryIds } from "./hints.ts";

const RETRY_DELAY_SECONDS = 30;

/** First attempts and retries. Never throws: the local runtime then ignores which messages were acknowledged. */
export async function consumeHints(context: Context, batch: MessageBatch): Promise<void> {
  try {
    await attemptDeliveries(context, deliveryIds(context, batch));
    batch.ackAll();
  } catch (error) {
    context.log({
      event: "consume_failed",
      queue: batch.queue,
      messages: batch.messages.length,
      ...errorFields(error),
    });
    batch.retryAll({ delaySeconds: RETRY_DELAY_SECONDS });
  }
}
