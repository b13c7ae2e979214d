import type { CloudEvent } from "../schemas/cloud-event.ts";
import type { Attempt, Delivery, TestAttempt } from "../schemas/delivery.ts";
import type { Event } from "../schemas/event.ts";
import type { Problem } from "../schemas/problem.ts";
import type { Recovery, RecoveryRequest } from "../schemas/recovery.ts";
import type { Subscription } from "../schemas/subscription.ts";

/** What a schema with a name is, and what each of its fields means. */
interface Description {
  description: string;
  fields?: Record<string, string>;
}

const EVENT_FIELDS = {
  type: "What happened.",
  username: "Who made it happen.",
  inventory_project: "The Inventory project it pertains to.",
  inventory_namespace: "Another spelling of `inventory_project`, with the same value.",
  inventory_application: "The Inventory application it pertains to; needs `inventory_project`.",
  inventory_version: "The release version it pertains to; needs `inventory_application`.",
  state_project: "The State project it pertains to.",
  state_environment: "The State environment it pertains to; needs `state_project`.",
  state_deployment: "The State deployment it pertains to; needs `state_environment`.",
  allowed_groups: "The groups that may see it. Left out: every signed-in reader. An empty array: nobody but auditors.",
  allowed_roles: "Another spelling of `allowed_groups`, with the same value.",
};

const SUBSCRIPTION_FIELDS = {
  type: "How it is notified.",
  slack_username: "The name that Slack shows. For `slack` only.",
  slack_icon: "`:emoji:` or the URL of an image, for Slack to show. For `slack` only.",
  event_types: "Tell of these types only. Left out: of all.",
};

const IGNORED = "Set by the service; ignored here, so that what `GET` answers may be sent back as it is.";

const ofEvent = {
  description: "Something that happened, as it was recorded. Fields without a value are left out.",
  fields: {
    ...EVENT_FIELDS,
    id: "Decimal, assigned by the service, strictly increasing in the order in which events are recorded.",
    timestamp: "Unix time in nanoseconds, exact to the last digit.",
    data: "Whatever else the producer said, as it was sent: its numbers may exceed 2^53.",
  } satisfies Record<keyof Event, string>,
};

const ofCloudEvent = {
  description: "An event as a CloudEvent 1.0 in structured form.",
  fields: {
    specversion: "The version of CloudEvents.",
    id: "The event's ID. With `source` it is the event's URL.",
    source: "Where it comes from; a path alone where the service does not know its own address.",
    type: "The event's type.",
    time: "The event's timestamp, to the last digit, as RFC 3339 has it.",
    subject: "The most specific place that the event names, if any, as a path.",
    datacontenttype: "What `data` is.",
    data: "The event as it is served.",
  } satisfies Record<keyof CloudEvent, string>,
};

const ofNewEvent = {
  description:
    "Something that happened, to be recorded. `null` and an empty string count as a field left out, except for " +
    "`allowed_groups`. Texts are at most 255 UTF-16 units long and hold no unpaired surrogate; the names of projects " +
    "and what is in them are never `.` or `..`.",
  fields: {
    ...EVENT_FIELDS,
    id: "Assigned by the service: leave it out.",
    timestamp: "Unix time in nanoseconds, at most 19 digits, exact as a number too. Left out: the time of receipt.",
    data: "Any JSON object, at most 32 KiB and 64 levels deep. Its numbers keep every digit.",
  } satisfies Record<keyof Event, string>,
};

const ofSubscription = {
  description: "Who is notified of a project's events, and how that goes.",
  fields: {
    ...SUBSCRIPTION_FIELDS,
    id: "Decimal, assigned by the service.",
    url: "Where notifications go. Readers who are not owners see its origin alone: a webhook's URL is a secret.",
    allowed_groups: "The groups on whose behalf it is told: a restricted event reaches it where the two lists meet.",
    enabled: "While false, notifications are held back and not lost.",
    status: "How it goes.",
    disabled_reason: "Why it is disabled.",
    disabled_at: "Since when it is disabled.",
    created_at: "When it was created.",
  } satisfies Record<keyof Subscription, string>,
};

const ofNewSubscription = {
  description: "A subscription as an owner wants it. `null` counts as a field left out, except for `allowed_groups`.",
  fields: {
    ...SUBSCRIPTION_FIELDS,
    id: "Of a subscription to keep, with its secret and history. Left out: a new one. One without its `id` is deleted.",
    url:
      "`https`, on a public host, without credentials and not an IP address; for `slack` on `hooks.slack.com` or " +
      "`hooks.slack-gov.com`.",
    allowed_groups:
      "The groups on whose behalf it is told, of your own or already there. Left out: for a new one, your groups.",
    enabled: "`false` holds notifications back; `true` releases them and revives a subscription that failed.",
    status: IGNORED,
    disabled_reason: IGNORED,
    disabled_at: IGNORED,
    created_at: IGNORED,
  } satisfies Record<keyof Subscription, string>,
};

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

const ofProblem = {
  description: "A refusal, as RFC 9457 has it.",
  fields: {
    type: "What kind of problem it is: the same URN each time.",
    title: "The kind in words: the same each time.",
    status: "The HTTP status.",
    detail: "What was wrong with this request.",
    instance: "The request's ID, as in `X-Request-Id`.",
    errors: "With a 400: everything that is wrong.",
  } satisfies Record<keyof Problem, string>,
};

export const DESCRIPTIONS: Record<string, Description> = {
  Event: ofEvent,
  Events: { description: "A page of events." },
  CloudEvent: ofCloudEvent,
  CloudEvents: { description: "A page of events, as a batch of CloudEvents." },
  EventLines: {
    description: "Newline-delimited JSON: an `Event` a line. Whatever follows the last line break is cut off.",
  },
  EventRecords: {
    description:
      "CSV by RFC 4180, with a header. An absent value is empty; `allowed_groups` and `data` are JSON; `time` is " +
      "`timestamp` as RFC 3339 has it. A cell that a spreadsheet could take for a formula has an apostrophe before it.",
  },
  EventStream: {
    description:
      "Server-sent events: `data` is an `Event`, `id` its ID. An `id` without `data` says how far has been looked; a " +
      "comment comes every 15 seconds at the latest.",
  },
  EventType: { description: "What happened." },
  NewEvent: ofNewEvent,
  RecordRequest: { description: "One event, or several to be recorded together in one transaction." },
  Subscription: ofSubscription,
  Subscriptions: { description: "All subscriptions of a project, in the order of their creation." },
  SubscriptionType: { description: "How a subscription is notified." },
  SubscriptionStatus: {
    description:
      "`active`; `failing`: the last attempts failed; `disabled`: by an owner, its receiver or long failure.",
  },
  NewSubscription: ofNewSubscription,
  SubscriptionSet: { description: "All subscriptions that the project shall have; an empty array clears them." },
  Delivery: { description: "One event for one subscription.", fields: DELIVERY_FIELDS },
  Deliveries: { description: "A page of deliveries, newest first." },
  DeliveryHistory: {
    description: "A delivery with all its attempts.",
    fields: { ...DELIVERY_FIELDS, history: "Its attempts, oldest first." },
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
  SigningSecret: {
    description: "What a webhook's signatures are checked with.",
    fields: { signing_secret: "Standard Webhooks 1.0: `whsec_` and the key in base64." },
  },
  Health: { description: "The service and its database answer.", fields: { status: "`ok`." } },
  OpenApi: { description: "An OpenAPI 3.1 document.", fields: { openapi: "The version of OpenAPI." } },
  Problem: ofProblem,
  Fault: {
    description: "One thing that is wrong with a request.",
    fields: { path: "Where: `0.type`, `page_size`. Empty: the body as a whole.", message: "What would be right." },
  },
};
