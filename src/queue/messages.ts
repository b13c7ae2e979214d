import type { Context } from "../context.ts";
import { QueueMessage } from "../schemas/delivery.ts";

/** The content of a batch: IDs of deliveries to attempt, each once, and whether held deliveries may be released. */
interface Hinted {
  ids: number[];
  hasRelease: boolean;
}

/** Drops messages of another shape: the sweep finds due deliveries without a message. */
export function readHints({ log }: Context, { queue, messages }: MessageBatch): Hinted {
  const known = messages.map(({ body }) => QueueMessage.safeParse(body).data).filter((one) => one !== undefined);
  if (known.length < messages.length)
    log({ event: "unreadable_hints", queue, messages: messages.length - known.length });
  const ids = known.flatMap((message) => ("delivery_id" in message ? [message.delivery_id] : []));
  return { ids: [...new Set(ids)], hasRelease: ids.length < known.length };
}
