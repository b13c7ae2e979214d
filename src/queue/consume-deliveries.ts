import type { Context } from "../context.ts";
import { attemptDeliveries } from "../domain/deliveries/attempt-deliveries.ts";
import { releaseNow } from "../domain/deliveries/sweep-deliveries.ts";
import { errorFields } from "../lib/log.ts";
import { readHints } from "./messages.ts";

const RETRY_DELAY_SECONDS = 30;

/** Consumes both queues. Never throws, because the local runtime would then ignore which messages were acknowledged. */
export async function consumeDeliveries(context: Context, batch: MessageBatch): Promise<void> {
  try {
    const { ids, hasRelease } = readHints(context, batch);
    // A release is awaited, because it may take long: the consumer may run for 15 minutes, its background for 30
    // seconds.
    await Promise.all([
      ids.length > 0 ? attemptDeliveries(context, ids) : undefined,
      hasRelease ? releaseNow(context) : undefined,
    ]);
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
