import { csvRecords } from "../../http/formats/csv.ts";
import { writeJson } from "../../lib/json-writer.ts";
import type { CloudEvent } from "../../schemas/cloud-event.ts";
import type { Delivery, DeliveryHistory, TestAttempt } from "../../schemas/delivery.ts";
import type { Event } from "../../schemas/event.ts";
import type { Recovery } from "../../schemas/recovery.ts";
import type { Subscription } from "../../schemas/subscription.ts";
import { A_BUNDLE, A_CHECKPOINT, A_LOG_KEY, A_PROOF, OPENED_LINES } from "./openapi-log-examples.ts";
import type { Example } from "./openapi-types.ts";

export const A_REQUEST_ID = "3c0f2b8e-6a0e-4b52-9d57-1f0a6f1f7c11";
export const A_BOOKMARK = "00000085-0000000a-00004f6c-8c61f1c6f3b6d6b1a2c3d4e5f6a7b8c9";
export const A_TAG = '"zqKdYhXc0n5tYw1lJ3mE2A-1042"';
export const A_SET_TAG = '"3-9fJx0aVbQ2kLrT1w"';

const DEPLOYED = {
  type: "CREATE_STATE_DEPLOYMENT",
  timestamp: "1763859600123456789",
  username: "ann",
  inventory_project: "webshop",
  inventory_application: "checkout",
  inventory_version: "2.4.0",
  state_project: "webshop",
  state_environment: "production",
  state_deployment: "checkout-eu",
  data: { build: 318, region: "eu-west-1" },
} as const;

const RESTRICTED = {
  type: "UPDATE_STATE_PROJECT_USER_ACL",
  timestamp: "1763856000000000000",
  username: "ben",
  state_project: "webshop",
} as const;

const OWNERS = ["project:webshop:global:owner"];

const DEPLOYED_EVENT: Event = {
  ...DEPLOYED,
  id: "1042",
  recorded_at: "2025-11-23T01:00:00.871Z",
  inventory_namespace: "webshop",
};
const RESTRICTED_EVENT: Event = {
  ...RESTRICTED,
  id: "1041",
  recorded_at: "2025-11-23T00:00:00.204Z",
  allowed_groups: OWNERS,
  allowed_roles: OWNERS,
};

const CLOUD_EVENT: CloudEvent = {
  specversion: "1.0",
  id: "1042",
  source: "https://tidings.example.com/api/v1/events",
  type: "CREATE_STATE_DEPLOYMENT",
  time: "2025-11-23T01:00:00.123456789Z",
  subject: "state/webshop/production/checkout-eu",
  datacontenttype: "application/json",
  data: DEPLOYED_EVENT,
};

const CSV_NAMES =
  "id,type,timestamp,time,username,inventory_project,inventory_application,inventory_version,state_project," +
  "state_environment,state_deployment,allowed_groups,data,recorded_at";

const CSV_RECORD =
  "1041,UPDATE_STATE_PROJECT_USER_ACL,1763856000000000000,2025-11-23T00:00:00.000000000Z,ben,,,,webshop,,," +
  '["project:webshop:global:owner"],,2025-11-23T00:00:00.204Z';

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
  disabled_reason: "Slack answered no_service",
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
      reason: "answered 500",
      next_attempt_at: "2026-02-01T17:05:18.000Z",
      response: "out of order",
    },
    {
      number: 2,
      started_at: "2026-02-01T17:05:18.000Z",
      duration_ms: 31,
      outcome: "retry",
      status: 500,
      reason: "answered 500",
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
  reason: "answered 404",
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

/** Examples of request and response bodies, by the names of their schemas. */
export const EXAMPLES = {
  Event: { deployment: example("A deployment", DEPLOYED_EVENT) },
  Events: {
    page: example("A page of two, one of them restricted", [DEPLOYED_EVENT, RESTRICTED_EVENT]),
    empty: example("No events", []),
  },
  CloudEvents: { batch: example("A batch of one", [CLOUD_EVENT]), empty: example("No events", []) },
  EventLines: {
    lines: example("Two events", `${writeJson(DEPLOYED_EVENT)}\n${writeJson(RESTRICTED_EVENT)}\n`),
  },
  EventRecords: { records: example("One event", csvRecords([CSV_NAMES.split(","), CSV_RECORD.split(",")])) },
  EventStream: {
    stream: example(
      "The first message, and an event",
      `retry: 1700\nevent: position\nid: 1041\ndata:\n\nid: 1042\ndata: ${writeJson(DEPLOYED_EVENT)}\n\n`,
    ),
  },
  OpenedEventLines: { lines: example("Two events", OPENED_LINES) },
  Checkpoint: { checkpoint: example("Of a log of two events", A_CHECKPOINT) },
  LogKey: { key: example("A key", A_LOG_KEY) },
  Tile: { bundle: example("tile/entries/000.p/2: two entries", A_BUNDLE) },
  EventProof: { proof: example("Of the event 1042, at index 1", A_PROOF) },
  RecordRequest: {
    one: example("One event", DEPLOYED),
    several: example("Several in one transaction", [DEPLOYED, { ...RESTRICTED, allowed_groups: OWNERS }]),
  },
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
  Health: { ok: example("Healthy", { status: "ok" }) },
  OpenApi: { document: example("The beginning of the document", { openapi: "3.1.0", info: { title: "Tidings" } }) },
} satisfies Record<string, Record<string, Example>>;

function example(summary: string, value: unknown): Example {
  return { summary, value };
}
