import type { DeliveryHint, QueueMessage } from "../schemas/delivery.ts";

/** Queues: at most 100 messages a `sendBatch`; a hint is far below its 256 KB. */
const MAX_BATCH = 100;

/** 12 hours, the longest delay a queue is trusted with; what waits longer is hinted by the sweep. */
export const MAX_DELAY_SECONDS = 43_200;

export interface Hint {
  deliveryId: number;
  delaySeconds?: number;
}

/** The queues, as this service speaks to them: hints that a delivery may be due. */
export interface Hints {
  /** For deliveries that were never attempted. */
  first(hints: Hint[]): Promise<void>;
  /** For all others, so that nobody's first attempt waits behind somebody's retries. */
  retry(hints: Hint[]): Promise<void>;
  /** That held deliveries may be released. */
  release(): Promise<void>;
}

export function hintQueues(env: Pick<Env, "DELIVERIES" | "RETRIES">): Hints {
  return {
    first: (hints) => send(env.DELIVERIES, hints),
    retry: (hints) => send(env.RETRIES, hints),
    release: async () => {
      await env.RETRIES.sendBatch([{ body: { release: true }, contentType: "json" }]);
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
