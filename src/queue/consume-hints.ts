import type { Context } from "../context.ts";
import { advanceLog } from "../domain/log/advance-log.ts";
import { runStreams } from "../domain/streams/run-streams.ts";
import { errorFields } from "../lib/log.ts";

export const consumeLog = consumerOfHints(advanceLog);
export const consumeStreams = consumerOfHints(runStreams);

/**
 * Makes the consumer of a queue whose messages all mean the same, so none is read. A failed batch is not repeated,
 * because the next sweep does its work. Never throws, because the local runtime would then ignore which messages were
 * acknowledged.
 */
function consumerOfHints(work: (context: Context) => Promise<void>) {
  return async function consumeHints(context: Context, batch: MessageBatch): Promise<void> {
    try {
      await work(context);
    } catch (error) {
      context.log({
        event: "consume_failed",
        queue: batch.queue,
        messages: batch.messages.length,
        ...errorFields(error),
      });
    }
    batch.ackAll();
  };
}
