import type { Attempt, Delivery, TestAttempt } from "../../schemas/delivery.ts";
import type { Recovery, RecoveryRequest } from "../../schemas/recovery.ts";
import type { Description } from "./description.ts";

const DELIVERY_FIELDS = {
  id: "Decimal, assigned by the service; `webhook-id` is `msg_` and this.",
  event_id: "The event that it tells of.",
  subscription_id: "The subscription that it is for.",
  project: "The subscription's project.",
  state: "Where it stands.",
  attempts: "How many there were.",
  next_attempt_at: "When it is due. While it is `pending`.",
  created_at: "When the event was recorded, or first put on its way to this subscription by a recovery.",
  settled_at: "When it was delivered, failed or cancelled.",
} satisfies Record<keyof Delivery, string>;

const ATTEMPT_FIELDS = {
  started_at: "When it began.",
  duration_ms: "How long it took, in milliseconds.",
  outcome: "What became of it.",
  status: "The HTTP status, if an answer came.",
  reason: "Why it did not arrive.",
  response: "The first KiB of the answer, URLs cut to their origins. For owners only.",
} satisfies Record<keyof TestAttempt, string>;

const ofAttempt = {
  description: "One attempt to deliver.",
  fields: {
    ...ATTEMPT_FIELDS,
    number: "From 1; redelivering counts on.",
    next_attempt_at: "When the next one was due.",
  } satisfies Record<keyof Attempt, string>,
};

const RECOVERY_FIELDS = {
  from: "The ID of the first event to be looked at. It need not exist: `0` is the first of all.",
  which: "`failed`: those whose delivery failed; `all`: also what has arrived, and what was never sent.",
} satisfies Record<keyof RecoveryRequest, string>;

const ofRecovery = {
  description: "A job that puts past events on their way to a subscription once more.",
  fields: {
    ...RECOVERY_FIELDS,
    id: "Decimal, assigned by the service.",
    subscription_id: "The subscription that is told.",
    project: "The subscription's project.",
    state: "`running` until all have been looked at.",
    recovered: "How many deliveries it has put on their way, or on hold, so far.",
    created_at: "When it began. What was recorded later is not its business.",
    finished_at: "When it had looked at all.",
  } satisfies Record<keyof Recovery, string>,
};

export const DELIVERY_DESCRIPTIONS: Record<string, Description> = {
  Delivery: { description: "One event for one subscription.", fields: DELIVERY_FIELDS },
  Deliveries: { description: "A page of deliveries, newest first." },
  DeliveryHistory: {
    description: "A delivery with all its attempts.",
    fields: { ...DELIVERY_FIELDS, history: "Its newest attempts, at most 200, oldest first." },
  },
  DeliveryState: {
    description:
      "`pending`: due now or later; `held`: until its subscription is enabled, or its receiver well again; `delivered`; " +
      "`failed`: the schedule has ended, or the message was refused; `cancelled`: its subscription is gone.",
  },
  Attempt: ofAttempt,
  AttemptOutcome: {
    description:
      "`delivered`; `retry`: to be tried again by the schedule; `refused`: this message is not taken; `gone`: the " +
      "destination takes nothing any more; `lost`: the attempt was interrupted, and its end is not known.",
  },
  TestAttempt: { description: "What came of a sample that was sent at once.", fields: ATTEMPT_FIELDS },
  RecoveryRequest: { description: "Which past events are to be sent again.", fields: RECOVERY_FIELDS },
  Recovery: ofRecovery,
};
