import { consumeDeliveries } from "../../../../src/queue/consume-deliveries.ts";
import type { Context } from "../../../../src/context.ts";
import { measure, type Measurement } from "../../measure.ts";
import { BATCH } from "../plan.ts";

/** Measures the service's consumer for these deliveries, one batch after another. */
export function consume(context: Context, deliveryIds: number[]): Promise<Measurement> {
  return measure(context, async (counted) => {
    for (let start = 0; start < deliveryIds.length; start += BATCH) {
      await consumeDeliveries(counted, hintsOf(deliveryIds.slice(start, start + BATCH)));
    }
  });
}

function hintsOf(deliveryIds: number[]): MessageBatch {
  const messages = deliveryIds.map((id) => ({
    id: `${id}`,
    timestamp: new Date(),
    body: { delivery_id: id },
    attempts: 1,
    ack: () => undefined,
    retry: () => undefined,
  }));
  return {
    queue: "tidings-deliveries",
    messages,
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    ackAll: () => undefined,
    retryAll: () => {
      throw new Error("the consumer failed");
    },
  };
}
