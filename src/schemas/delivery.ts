import * as z from "zod";
import { DEFAULT_PAGE_SIZE, onlyOnce, PageSize } from "./page.ts";
import { Decimal } from "./text.ts";

/** What the queue carries: the hint that a delivery may be due. D1 holds everything else. */
export const DeliveryHint = z.object({ delivery_id: z.number().int().positive() });
export type DeliveryHint = z.infer<typeof DeliveryHint>;

/** The queue's other message: held deliveries may be released, in an invocation that no batch waits for. */
const ReleaseHint = z.object({ release: z.literal(true) });

export const QueueMessage = z.union([DeliveryHint, ReleaseHint]);
export type QueueMessage = z.infer<typeof QueueMessage>;

export const DELIVERY_STATES = ["pending", "held", "delivered", "failed", "cancelled"] as const;
export const DeliveryState = z.enum(DELIVERY_STATES, onlyOnce(`must be one of ${DELIVERY_STATES.join(", ")}`));
export type DeliveryState = z.infer<typeof DeliveryState>;

/** What became of an attempt. `lost`: the consumer died before it could say. `refused`: this message, never; `gone`: any message, never. */
export const ATTEMPT_OUTCOMES = ["delivered", "retry", "refused", "gone", "lost"] as const;
export const AttemptOutcome = z.enum(ATTEMPT_OUTCOMES);
export type AttemptOutcome = z.infer<typeof AttemptOutcome>;

/** One event for one subscription, as it is served. */
export const Delivery = z.object({
  id: Decimal,
  event_id: Decimal,
  subscription_id: Decimal,
  project: z.string(),
  state: DeliveryState,
  attempts: z.int(),
  next_attempt_at: z.iso.datetime().optional(),
  created_at: z.iso.datetime(),
  settled_at: z.iso.datetime().optional(),
});
export type Delivery = z.infer<typeof Delivery>;

/** `response` is for owners only: receivers echo secrets. */
export const Attempt = z.object({
  number: z.int(),
  started_at: z.iso.datetime(),
  duration_ms: z.int().optional(),
  outcome: AttemptOutcome,
  status: z.int().optional(),
  reason: z.string().optional(),
  next_attempt_at: z.iso.datetime().optional(),
  response: z.string().optional(),
});
export type Attempt = z.infer<typeof Attempt>;

/** A delivery with every attempt, oldest first. */
export const DeliveryHistory = Delivery.extend({ history: z.array(Attempt) });
export type DeliveryHistory = z.infer<typeof DeliveryHistory>;

const Id = z.string(onlyOnce("must be a decimal ID")).pipe(Decimal).optional();

export const DeliveryQuery = z.object({
  page_size: PageSize.default(DEFAULT_PAGE_SIZE),
  page_from: Id,
  state: DeliveryState.optional(),
  subscription: Id,
  event: Id,
});
export type DeliveryQuery = z.output<typeof DeliveryQuery>;

/** What came of a sample that was sent at once. */
export const TestAttempt = Attempt.omit({ number: true, next_attempt_at: true });
export type TestAttempt = z.infer<typeof TestAttempt>;
