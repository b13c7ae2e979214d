import type { Delivery, DeliveryHistory, TestAttempt } from "../../schemas/delivery.ts";
import type { Recovery } from "../../schemas/recovery.ts";
import type { Subscription } from "../../schemas/subscription.ts";
import { OWNERS } from "./event-examples.ts";
import { example, type Example } from "./openapi-types.ts";

const WEBHOOK: Subscription = {
  id: "7",
  type: "webhook",
  url: "https://hooks.example.org/tidings?key=8Jx2",
  event_types: ["CREATE_STATE_DEPLOYMENT", "DESTROY_REQUESTED"],
  allowed_groups: OWNERS,
  enabled: true,
  status: "active",
  created_at: "2026-01-12T09:30:00.000Z",
};

const SLACK: Subscription = {
  id: "8",
  type: "slack",
  url: "https://hooks.slack.com/services/T0000/B0000/XXXX",
  slack_username: "Tidings",
  slack_icon: ":bell:",
  allowed_groups: [],
  enabled: false,
  status: "disabled",
  disabled_reason: "Slack responded with no_service",
  disabled_at: "2026-02-01T17:05:12.000Z",
  created_at: "2026-01-12T09:31:00.000Z",
};

const DELIVERY: Delivery = {
  id: "318",
  event_id: "1042",
  subscription_id: "7",
  project: "webshop",
  state: "failed",
  attempts: 2,
  created_at: "2026-02-01T17:05:12.000Z",
  settled_at: "2026-02-01T17:05:19.000Z",
};

const HISTORY: DeliveryHistory = {
  ...DELIVERY,
  history: [
    {
      number: 1,
      started_at: "2026-02-01T17:05:13.000Z",
      duration_ms: 40,
      outcome: "retry",
      status: 500,
      reason: "responded with 500",
      next_attempt_at: "2026-02-01T17:05:18.000Z",
      response: "out of order",
    },
    {
      number: 2,
      started_at: "2026-02-01T17:05:18.000Z",
      duration_ms: 31,
      outcome: "retry",
      status: 500,
      reason: "responded with 500",
    },
  ],
};

const SAMPLE: TestAttempt = {
  started_at: "2026-02-01T18:10:00.000Z",
  duration_ms: 38,
  outcome: "delivered",
  status: 204,
};

const NOT_TAKEN: TestAttempt = {
  started_at: "2026-02-01T18:09:00.000Z",
  duration_ms: 52,
  outcome: "retry",
  status: 404,
  reason: "responded with 404",
  response: "Nothing at https://hooks.example.org",
};

const RECOVERY: Recovery = {
  id: "12",
  subscription_id: "7",
  project: "webshop",
  which: "failed",
  from: "1000",
  state: "running",
  recovered: 0,
  created_at: "2026-02-01T18:15:00.000Z",
};

/** Examples of subscriptions, deliveries and recoveries, by the names of their schemas. */
export const SUBSCRIPTION_EXAMPLES = {
  Subscriptions: { set: example("A webhook, and a Slack channel that was disabled", [WEBHOOK, SLACK]) },
  SubscriptionSet: {
    add: example("Keep one, add one", [
      WEBHOOK,
      { type: "slack", url: "https://hooks.slack.com/services/T0000/B0000/YYYY", slack_icon: ":bell:" },
    ]),
    clear: example("Delete all", []),
  },
  Deliveries: { failed: example("A failed delivery", [DELIVERY]), none: example("No deliveries", []) },
  Delivery: {
    again: example("Pending again", { ...DELIVERY, state: "pending", next_attempt_at: "2026-02-01T18:00:00.000Z" }),
  },
  DeliveryHistory: { failed: example("As an owner sees it", HISTORY) },
  TestAttempt: { arrived: example("Delivered", SAMPLE), refused: example("Not delivered", NOT_TAKEN) },
  RecoveryRequest: {
    failed: example("Failed deliveries, from an event on", { from: "1000", which: "failed" }),
    all: example("All events", { from: "0", which: "all" }),
  },
  Recovery: {
    running: example("Running", RECOVERY),
    finished: example("Finished", {
      ...RECOVERY,
      state: "finished",
      recovered: 37,
      finished_at: "2026-02-01T18:15:01.000Z",
    }),
  },
  SigningSecret: { secret: example("A secret", { signing_secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" }) },
} satisfies Record<string, Record<string, Example>>;
