import type { Context } from "../context.ts";
import { advanceLog } from "../domain/log/advance-log.ts";
import { errorFields } from "../lib/log.ts";

/**
 * All messages of this queue mean the same, so none is read. A failed batch is not repeated, because the next sweep
 * does its work. Never throws, because the local runtime would then ignore which messages were acknowledged.
 */
export async function consumeLog(context: Context, batch: MessageBatch): Promise<void> {
  try {
    await advanceLog(context);
  } catch (error) {
    context.log({
      event: "consume_failed",
      queue: batch.queue,
      messages: batch.messages.length,
      ...errorFields(error),
    });
  }
  batch.ackAll();
}
