import * as z from "zod";
import { DEFAULT_PAGE_SIZE, onlyOnce, PageSize } from "./page.ts";
import { Decimal } from "./text.ts";

/** A message on the queue: the delivery may be due. Everything else is in D1. */
export const DeliveryHint = z.object({ delivery_id: z.number().int().positive() });
export type DeliveryHint = z.infer<typeof DeliveryHint>;

/**
 * Another message on the queue: held deliveries may be released. The message starts an invocation that does only this.
 */
const ReleaseHint = z.object({ release: z.literal(true) });

export const QueueMessage = z.union([DeliveryHint, ReleaseHint]);
export type QueueMessage = z.infer<typeof QueueMessage>;

export const DELIVERY_STATES = ["pending", "held", "delivered", "failed", "cancelled"] as const;
export const DeliveryState = z
  .enum(DELIVERY_STATES, onlyOnce(`must be one of ${DELIVERY_STATES.join(", ")}`))
  .describe(
    "`pending`: due now or later; `held`: waits until the subscription is enabled or its receiver is healthy again; " +
      "`delivered`: the receiver returned 2xx; `failed`: the schedule has ended, or the receiver rejected the message; " +
      "`cancelled`: the subscription was deleted.",
  );
export type DeliveryState = z.infer<typeof DeliveryState>;

/** `lost`: the consumer stopped before it recorded a result. */
export const ATTEMPT_OUTCOMES = ["delivered", "retry", "refused", "gone", "lost"] as const;
export const AttemptOutcome = z
  .enum(ATTEMPT_OUTCOMES)
  .describe(
    "`delivered`; `retry`: the attempt failed, and another follows by the schedule; `refused`: the receiver rejected " +
      "this message for good; `gone`: the destination rejects all messages for good; `lost`: the attempt was " +
      "interrupted, and its result is unknown.",
  );
export type AttemptOutcome = z.infer<typeof AttemptOutcome>;

/** A delivery as the API returns it: one event for one subscription. */
export const Delivery = z
  .object({
    id: Decimal.describe("Decimal, assigned by the service. `webhook-id` is `msg_` followed by this ID."),
    event_id: Decimal.describe("The event to deliver."),
    subscription_id: Decimal.describe("The subscription that receives it."),
    project: z.string().describe("The subscription's project."),
    state: DeliveryState.describe("The state of the delivery."),
    attempts: z.int().describe("The number of attempts so far."),
    next_attempt_at: z.iso.datetime().optional().describe("When the next attempt is due. Only while `pending`."),
    created_at: z.iso
      .datetime()
      .describe("When the event was recorded, or when a recovery first queued it for this subscription."),
    settled_at: z.iso.datetime().optional().describe("When it was delivered, failed or cancelled."),
  })
  .describe("The delivery of one event to one subscription.");
export type Delivery = z.infer<typeof Delivery>;

/** Only owners see `response`, because a receiver may repeat secrets in it. */
export const Attempt = z
  .object({
    number: z.int().describe("Counts from 1, and continues after a redelivery."),
    started_at: z.iso.datetime().describe("When the attempt began."),
    duration_ms: z.int().optional().describe("The duration in milliseconds."),
    outcome: AttemptOutcome.describe("The result of the attempt."),
    status: z.int().optional().describe("The HTTP status, if there was a response."),
    reason: z.string().optional().describe("Why the delivery did not succeed."),
    next_attempt_at: z.iso.datetime().optional().describe("When the next attempt was due."),
    response: z
      .string()
      .optional()
      .describe("The first KiB of the response's body, with URLs cut to their origins. Only owners see it."),
  })
  .describe("One attempt to deliver.");
export type Attempt = z.infer<typeof Attempt>;

export const DeliveryHistory = Delivery.extend({
  history: z.array(Attempt).describe("The newest attempts, at most 200, oldest first."),
}).describe("A delivery with its attempts.");
export type DeliveryHistory = z.infer<typeof DeliveryHistory>;

const Id = z.string(onlyOnce("must be a decimal ID")).pipe(Decimal).optional();

export const DeliveryQuery = z.object({
  page_size: PageSize.default(DEFAULT_PAGE_SIZE),
  page_from: Id.meta({ description: "Only deliveries with lower IDs.", example: "318" }),
  state: DeliveryState.optional().meta({ description: "Only deliveries in this state.", example: "failed" }),
  subscription: Id.meta({ description: "Only deliveries to this subscription.", example: "7" }),
  event: Id.meta({ description: "Only deliveries of this event.", example: "1042" }),
});
export type DeliveryQuery = z.output<typeof DeliveryQuery>;

export const TestAttempt = Attempt.omit({ number: true, next_attempt_at: true }).describe(
  "The result of a sample that was sent at once.",
);
export type TestAttempt = z.infer<typeof TestAttempt>;
