import type { StreamChange, StreamCheck } from "../../schemas/stream-change.ts";
import type { Stream } from "../../schemas/stream.ts";
import { example, type Example } from "./openapi-types.ts";

const SPLUNK = {
  name: "Splunk, production",
  kind: "splunk_hec",
  destination: { url: "https://splunk.example.org:8088/services/collector/event", index: "audit" },
  format: "tidings",
  listing: { state_project: "webshop" },
  allowed_groups: ["project:webshop:global:owner"],
  enabled: true,
} as const;

const SERVED: Stream = {
  ...SPLUNK,
  id: "3",
  allowed_groups: [...SPLUNK.allowed_groups],
  status: "active",
  after: "1042",
  behind: { events: 0 },
  last_success_at: "2026-02-01T17:05:13.000Z",
  created_at: "2026-01-12T09:30:00.000Z",
};

const REFUSING: Stream = {
  ...SERVED,
  status: "failing",
  after: "1041",
  behind: { events: 12, since: "2026-02-01T17:05:12.000Z" },
  last_error: "event 1042 was refused by the receiver: responded with 400: Splunk's code 6, the data was not accepted",
  refused_event: "1042",
};

const BUCKET = {
  name: "Archive bucket",
  kind: "s3",
  destination: {
    endpoint: "https://s3.eu-central-1.amazonaws.com",
    region: "eu-central-1",
    bucket: "audit-logs",
    prefix: "tidings",
    access_key_id: "AKIAIOSFODNN7EXAMPLE",
    secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  },
  format: "ocsf",
  after: "0",
};

const TOKEN = "0f1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d";

const CHECK: StreamCheck = {
  started_at: "2026-02-01T18:10:00.000Z",
  duration_ms: 38,
  outcome: "retry",
  status: 403,
  reason: "responded with 403: Splunk's code 4, the token is not valid",
  response: '{"text":"Invalid token","code":4}',
  sent: '{"time":1769969400.000000000,"event":{"id":"0","type":"UPDATE_STATE_DEPLOYMENT"}}\n',
};

const CHANGES: StreamChange[] = [
  {
    id: "9",
    at: "2026-02-01T17:20:00.000Z",
    by: "ann",
    action: "skip",
    stream_id: "3",
    details: { event: "1042", reason: REFUSING.last_error ?? "" },
  },
  {
    id: "8",
    at: "2026-01-12T09:30:00.000Z",
    by: "ann",
    action: "create",
    stream_id: "3",
    details: { name: SPLUNK.name, kind: SPLUNK.kind, after: "0" },
  },
];

/** Examples of streams, by the names of their schemas. */
export const STREAM_EXAMPLES = {
  Streams: { one: example("One stream", [SERVED]), none: example("No streams", []) },
  Stream: { active: example("A healthy stream", SERVED), refused: example("A stream that waits", REFUSING) },
  NewStream: {
    splunk: example("Splunk, from now on", { ...SPLUNK, destination: { ...SPLUNK.destination, token: TOKEN } }),
    s3: example("A bucket, from the oldest event on", BUCKET),
  },
  ChangedStream: { again: example("What was returned, with another name", { ...SERVED, name: "Splunk" }) },
  StreamCheck: { wrong: example("The token is wrong", CHECK) },
  StreamRewind: { all: example("Send everything again", { after: "0" }) },
  StreamSkip: { one: example("Step over an event", { event: "1042" }) },
  StreamChanges: { some: example("Two changes", CHANGES), none: example("No changes", []) },
} satisfies Record<string, Record<string, Example>>;
