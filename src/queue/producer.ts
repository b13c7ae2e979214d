import type { Hint, Hints } from "../domain/hint-deliveries.ts";
import type { DeliveryHint, QueueMessage } from "../schemas/delivery.ts";

/** Cloudflare Queues: a `sendBatch` takes at most 100 messages and 256 KB. A hint has about 30 bytes. */
const MAX_BATCH = 100;

export function hintQueues(env: Pick<Env, "DELIVERIES" | "RETRIES" | "LOG" | "STREAMS">): Hints {
  return {
    first: (hints) => send(env.DELIVERIES, hints),
    retry: (hints) => send(env.RETRIES, hints),
    release: async () => {
      await env.RETRIES.sendBatch([{ body: { release: true }, contentType: "json" }]);
    },
    log: async (delaySeconds) => {
      await env.LOG.sendBatch([{ body: { recorded: true }, contentType: "json", delaySeconds }]);
    },
    streams: async (delaySeconds) => {
      await env.STREAMS.sendBatch([{ body: { recorded: true }, contentType: "json", delaySeconds }]);
    },
  };
}

async function send(queue: Queue<QueueMessage>, hints: Hint[]): Promise<void> {
  for (let start = 0; start < hints.length; start += MAX_BATCH) {
    await queue.sendBatch(hints.slice(start, start + MAX_BATCH).map(toMessage));
  }
}

function toMessage({ deliveryId, delaySeconds = 0 }: Hint): MessageSendRequest<DeliveryHint> {
  return { body: { delivery_id: deliveryId }, contentType: "json", delaySeconds };
}
