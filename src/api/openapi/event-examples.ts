import { csvRecords } from "../../http/formats/csv.ts";
import { writeJson } from "../../lib/json-writer.ts";
import type { CloudEvent } from "../../schemas/cloud-event.ts";
import type { Event } from "../../schemas/event.ts";
import { example, type Example } from "./openapi-types.ts";

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

export const OWNERS = ["project:webshop:global:owner"];

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

/** Examples of events, by the names of their schemas. */
export const EVENT_EXAMPLES = {
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
  RecordRequest: {
    one: example("One event", DEPLOYED),
    several: example("Several in one transaction", [DEPLOYED, { ...RESTRICTED, allowed_groups: OWNERS }]),
  },
} satisfies Record<string, Record<string, Example>>;
