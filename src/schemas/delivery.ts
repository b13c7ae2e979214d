import * as z from "zod";

/** What the queue carries: the hint that a delivery may be due. D1 holds everything else. */
export const DeliveryHint = z.object({ delivery_id: z.number().int().positive() });
export type DeliveryHint = z.infer<typeof DeliveryHint>;

export const DELIVERY_STATES = ["pending", "held", "delivered", "failed", "cancelled"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What became of an attempt. `lost`: the consumer died before it could say. `refused`: this message, never; `gone`: any message, never. */
export const ATTEMPT_OUTCOMES = ["delivered", "retry", "refused", "gone", "lost"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];
