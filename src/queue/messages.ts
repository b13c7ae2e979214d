import type { Context } from "../context.ts";
import { QueueMessage } from "../schemas/delivery.ts";

/** What a batch asks for: deliveries to attempt, each once, and whether held ones may be released. */
interface Hinted {
  ids: number[];
  hasRelease: boolean;
}

/** A message of another shape is dropped: the sweep needs no message. */
export function hintedBy({ log }: Context, { queue, messages }: MessageBatch): Hinted {
  const known = messages.map(({ body }) => QueueMessage.safeParse(body).data).filter((one) => one !== undefined);
  if (known.length < messages.length)
    log({ event: "unreadable_hints", queue, messages: messages.length - known.length });
  const ids = known.flatMap((message) => ("delivery_id" in message ? [message.delivery_id] : []));
  return { ids: [...new Set(ids)], hasRelease: ids.length < known.length };
}
