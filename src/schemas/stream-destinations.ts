import * as z from "zod";
import { absentWhenEmpty, objectError, Text } from "./text.ts";

export const STREAM_KINDS = ["http", "splunk_hec", "datadog", "s3"] as const;
export const StreamKind = z
  .enum(STREAM_KINDS, { error: `must be one of ${STREAM_KINDS.join(", ")}` })
  .describe("The kind of system that receives the events. It never changes.");
export type StreamKind = z.infer<typeof StreamKind>;

const MAX_URL = 2048;
const MAX_SECRET = 512;

function url(description: string) {
  return z
    .string("must be a URL")
    .min(1, "must be a URL")
    .refine((value) => value.length <= MAX_URL, `must be at most ${MAX_URL} UTF-16 units long`)
    .refine((value) => value.isWellFormed(), "must not hold an unpaired surrogate")
    .meta({ maxLength: MAX_URL, description });
}

/** A text that becomes a part of a header. */
function visibleAscii(description: string) {
  const message = `must be 1 to ${MAX_SECRET} visible ASCII characters, without spaces`;
  return z
    .string(message)
    .regex(new RegExp(`^[!-~]{1,${MAX_SECRET}}$`), message)
    .describe(description);
}

const MIN_KEY_BYTES = 24;
const MAX_KEY_BYTES = 64;

/** Standard Webhooks 1.0, "Signature scheme". */
const SigningSecret = z
  .string("must be a text that begins with whsec_")
  .refine(isSigningSecret, `must be whsec_ and then ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes in base64`)
  .describe(
    `The key of the signatures: \`whsec_\` and then ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes in base64. Never returned.`,
  );

function isSigningSecret(text: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (base64 === undefined) return false;
  try {
    const { length } = Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
    return length >= MIN_KEY_BYTES && length <= MAX_KEY_BYTES;
  } catch {
    return false;
  }
}

const TAGS_ERROR = "must be tags, as in env:prod, in one text with commas between them, or in an array";
const Tag = Text.min(1, "must not be empty").regex(/^[^,]*$/, "must not hold a comma: it separates tags");

const REGION = /^[A-Za-z0-9-]{1,64}$/;
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

/** A URL parser would remove `.` and `..` from the path, and the object would get another name. */
function isKeyPrefix(prefix: string): boolean {
  return prefix.split("/").every((segment) => segment !== "." && segment !== "..") && !/\p{Cc}/u.test(prefix);
}

/** The fields of each kind that every reader of the stream sees. */
const SETTINGS = {
  http: {
    url: url("An `https` URL on a public host, without credentials, and not an IP address."),
  },
  splunk_hec: {
    url: url(
      "The whole URL of the HTTP Event Collector, as in `https://splunk.example.com:8088/services/collector/event`.",
    ),
    index: absentWhenEmpty(Text.describe("The index of the events. If absent, the token's default index.")),
    source: absentWhenEmpty(Text.describe("The `source` of the events. If absent, the token's default.")),
    sourcetype: absentWhenEmpty(Text.describe("The `sourcetype` of the events. If absent, the token's default.")),
  },
  datadog: {
    url: url("The URL of the logs intake of your site, as in `https://http-intake.logs.datadoghq.eu/api/v2/logs`."),
    tags: absentWhenEmpty(
      z
        .union([Text, z.array(Tag).max(100, "must hold at most 100 tags")], { error: TAGS_ERROR })
        .describe("The tags of the events, as in `env:prod,team:platform`, or as an array of tags."),
    ),
    service: absentWhenEmpty(Text.describe("The `service` of the events. If absent, `tidings`.")),
  },
  s3: {
    endpoint: url("The URL of the store, without the bucket, as in `https://s3.eu-central-1.amazonaws.com`."),
    region: z
      .string("must be a region")
      .regex(REGION, "must be a region, as in eu-central-1, or auto")
      .describe("The region for the signature, as in `eu-central-1`. Cloudflare R2 has the region `auto`."),
    bucket: z
      .string("must be the name of a bucket")
      .regex(BUCKET, "must be the name of a bucket: 2 to 255 letters, digits, dots, hyphens and underscores")
      .describe("The name of the bucket. It becomes the first segment of the path."),
    prefix: absentWhenEmpty(
      Text.refine(isKeyPrefix, 'must hold no control characters, and no segment "." or ".."').describe(
        "The beginning of the objects' names. A slash at its start or end makes no difference.",
      ),
    ),
    access_key_id: visibleAscii("The ID of the access key.").regex(/^[^/,]*$/, "must not hold a slash or a comma"),
  },
};

/** The one secret of each kind. Secrets are write-only. */
const SECRETS = {
  http: { signing_secret: SigningSecret },
  splunk_hec: { token: visibleAscii("The token of the HTTP Event Collector. Never returned.") },
  datadog: { api_key: visibleAscii("The API key. Never returned.") },
  s3: { secret_access_key: visibleAscii("The secret of the access key. Never returned.") },
};

/** The name of the field that holds the secret. */
export const SECRET_FIELD = {
  http: "signing_secret",
  splunk_hec: "token",
  datadog: "api_key",
  s3: "secret_access_key",
} as const satisfies { [Kind in StreamKind]: keyof (typeof SECRETS)[Kind] };

const IS_OBJECT = objectError("must be a destination, as a JSON object");

/** A destination as an operator sends it to create a stream. */
export const NEW_DESTINATIONS = {
  http: z.strictObject({ ...SETTINGS.http, ...SECRETS.http }, IS_OBJECT),
  splunk_hec: z.strictObject({ ...SETTINGS.splunk_hec, ...SECRETS.splunk_hec }, IS_OBJECT),
  datadog: z.strictObject({ ...SETTINGS.datadog, ...SECRETS.datadog }, IS_OBJECT),
  s3: z.strictObject({ ...SETTINGS.s3, ...SECRETS.s3 }, IS_OBJECT),
};

/** A destination as an operator sends it to change a stream: a secret that is left out stays. */
export const CHANGED_DESTINATIONS = {
  http: z.strictObject({ ...SETTINGS.http, signing_secret: absentWhenEmpty(SECRETS.http.signing_secret) }, IS_OBJECT),
  splunk_hec: z.strictObject({ ...SETTINGS.splunk_hec, token: absentWhenEmpty(SECRETS.splunk_hec.token) }, IS_OBJECT),
  datadog: z.strictObject({ ...SETTINGS.datadog, api_key: absentWhenEmpty(SECRETS.datadog.api_key) }, IS_OBJECT),
  s3: z.strictObject({ ...SETTINGS.s3, secret_access_key: absentWhenEmpty(SECRETS.s3.secret_access_key) }, IS_OBJECT),
};

/** A destination as the API returns it, without its secret. */
export const SERVED_DESTINATIONS = {
  http: z.object(SETTINGS.http),
  splunk_hec: z.object(SETTINGS.splunk_hec),
  datadog: z.object(SETTINGS.datadog),
  s3: z.object(SETTINGS.s3),
};

type Destinations = typeof NEW_DESTINATIONS;

/** Where a stream sends, with the secret. */
export type StreamDestination = {
  [Kind in StreamKind]: { kind: Kind; destination: z.output<Destinations[Kind]> };
}[StreamKind];
export type DestinationOf<Kind extends StreamKind> = z.output<Destinations[Kind]>;
