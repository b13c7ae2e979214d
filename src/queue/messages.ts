import type { Context } from "../context.ts";
import { QueueMessage } from "../schemas/delivery.ts";

/** The content of a batch. */
interface Hinted {
  /** The deliveries that may be due, each ID once. */
  ids: number[];
  /** True if held deliveries may be released. */
  hasRelease: boolean;
}

/** Messages of another shape are logged and dropped. The sweep finds due deliveries without a message. */
export function readHints({ log }: Context, { queue, messages }: MessageBatch): Hinted {
  const known = messages.map(({ body }) => QueueMessage.safeParse(body).data).filter((one) => one !== undefined);
  if (known.length < messages.length)
    log({ event: "unreadable_hints", queue, messages: messages.length - known.length });
  const ids = known.flatMap((message) => ("delivery_id" in message ? [message.delivery_id] : []));
  return { ids: [...new Set(ids)], hasRelease: ids.length < known.length };
}
