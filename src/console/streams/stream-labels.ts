import type { StreamKind } from "../../schemas/stream-destinations.ts";
import type { StreamFormat } from "../../schemas/stream.ts";

export const KINDS: Record<StreamKind, { name: string; receives: string }> = {
  http: { name: "HTTP", receives: "your own receiver, which gets signed batches of one event a line" },
  splunk_hec: { name: "Splunk", receives: "Splunk’s HTTP Event Collector" },
  datadog: {
    name: "Datadog",
    receives: "Datadog’s logs intake, where events older than 18 hours get the time of sending as their date",
  },
  s3: { name: "S3", receives: "a bucket of any S3-compatible store, which gets one object a batch" },
};

export const FORMATS: Record<StreamFormat, string> = {
  tidings: "as the API returns the event",
  cloudevents: "CloudEvents 1.0, structured",
  ocsf: "OCSF, Entity Management (3004)",
};

interface StreamField {
  name: string;
  hint: string;
  isSecret?: true;
}

/** The fields of a destination in the order of the form. The last field of each kind is its secret. */
export const DESTINATION_FIELDS: Record<StreamKind, readonly StreamField[]> = {
  http: [
    { name: "url", hint: "An https URL on a public host." },
    {
      name: "signing_secret",
      hint: "whsec_ and then 24 to 64 random bytes in base64. The receiver verifies batches with it.",
      isSecret: true,
    },
  ],
  splunk_hec: [
    { name: "url", hint: "The whole URL, as in https://splunk.example.com:8088/services/collector/event." },
    { name: "index", hint: "If empty, the token’s default index." },
    { name: "source", hint: "If empty, the token’s default." },
    { name: "sourcetype", hint: "If empty, the token’s default." },
    { name: "token", hint: "The token of the HTTP Event Collector.", isSecret: true },
  ],
  datadog: [
    { name: "url", hint: "The logs intake of your site, as in https://http-intake.logs.datadoghq.eu/api/v2/logs." },
    { name: "tags", hint: "As in env:prod,team:platform." },
    { name: "service", hint: "If empty, tidings." },
    { name: "api_key", hint: "An API key of your organisation.", isSecret: true },
  ],
  s3: [
    { name: "endpoint", hint: "The URL of the store without the bucket, as in https://s3.eu-central-1.amazonaws.com." },
    { name: "region", hint: "As in eu-central-1. Cloudflare R2 has the region auto." },
    { name: "bucket", hint: "The name of the bucket." },
    { name: "prefix", hint: "The beginning of the objects’ names. May be empty." },
    { name: "access_key_id", hint: "The ID of an access key that may put objects." },
    { name: "secret_access_key", hint: "The secret of this access key.", isSecret: true },
  ],
};

/** The text fields of a stream's filters. */
export const FILTER_FIELDS: readonly StreamField[] = [
  { name: "username", hint: "Only events of this user." },
  { name: "state_project", hint: "Ignored if there is an Inventory project." },
  { name: "state_environment", hint: "Needs a State project." },
  { name: "state_deployment", hint: "Needs a State environment." },
  { name: "inventory_project", hint: "Takes precedence over a State project." },
  { name: "inventory_application", hint: "Needs an Inventory project." },
  { name: "inventory_version", hint: "Needs an Inventory application." },
  { name: "since", hint: "Only events with this timestamp or a later one, as in 2026-01-31T09:30:00Z." },
  { name: "until", hint: "Only events with an earlier timestamp." },
];
