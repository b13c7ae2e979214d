import type { Context } from "../context.ts";
import { DeliveryHint } from "../schemas/delivery.ts";

/** The deliveries that a batch hints, each once. A message of another shape is dropped: the sweep needs no message. */
export function deliveryIds({ log }: Context, { queue, messages }: MessageBatch): number[] {
  const ids = messages.map(({ body }) => DeliveryHint.safeParse(body).data?.delivery_id);
  const known = ids.filter((id) => id !== undefined);
  if (known.length < ids.length) log({ event: "unreadable_hints", queue, messages: ids.length - known.length });
  return [...new Set(known)];
}
