import type { Context } from "../context.ts";
import { advanceLog } from "../domain/log/advance-log.ts";
import { errorFields } from "../lib/log.ts";

/**
 * Every message of this queue says the same, so none is read. A failed batch is not tried again: the next sweep does what
 * it was to do. Never throws: the local runtime would ignore that the messages were acknowledged.
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
