import * as z from "zod";
import * as values from "./variable-values.ts";

/** A variable of the service, as docs/configuration.md describes it. */
export interface Variable {
  schema: z.ZodType;
  /** The value that is parsed if the variable is empty or missing. */
  default?: string;
  /** What docs/configuration.md says in the column "default" if the variable has no default, or an empty one. */
  whenEmpty?: string;
  isSecret?: true;
  description: string;
}

/** The bindings in wrangler.toml that are not variables. */
export type BindingName = "DB" | "DELIVERIES" | "RETRIES" | "LOG" | "STREAMS" | "ASSETS" | "ARCHIVE";

/** Every variable, in the order in which `/health` checks them. docs/configuration.md repeats this table. */
export const VARIABLES = {
  JWT_SECRET: {
    schema: values.Secret.optional(),
    whenEmpty: "required without JWKS_URL",
    isSecret: true,
    description: "key that verifies readers' tokens with HS256, at least 32 bytes",
  },
  JWKS_URL: {
    schema: values.KeySetUrl.optional(),
    description:
      "URL of the key set that verifies readers' tokens with RS256, ES256 or EdDSA: `https`, or `http` on loopback",
  },
  JWT_ISSUER: {
    schema: values.StringList,
    default: "",
    whenEmpty: "not checked",
    description: "accepted `iss`",
  },
  JWT_AUDIENCE: {
    schema: values.StringList,
    default: "",
    whenEmpty: "not checked",
    description: "accepted `aud`",
  },
  GROUPS_CLAIM: {
    schema: z.string(),
    default: "groups",
    description: "the claim that lists a reader's groups",
  },
  AUDITOR_GROUPS: {
    schema: values.StringList,
    default: "",
    whenEmpty: "none",
    description: "groups whose members see every event",
  },
  OPERATOR_GROUPS: {
    schema: values.StringList,
    default: "",
    whenEmpty: "none",
    description:
      "groups whose members operate the service: they manage streams, and see in the console how much is stored. Being an operator shows no event",
  },
  INTERNAL_TOKEN: {
    schema: values.TokenList,
    whenEmpty: "required",
    isSecret: true,
    description: "producers' tokens. During a rotation: the old and the new one",
  },
  ALLOWED_ORIGINS: {
    schema: values.Origins,
    default: "",
    whenEmpty: "none",
    description: "web origins that get CORS headers, never with cookies",
  },
  PUBLIC_URL: {
    schema: values.PublicUrl.optional(),
    description:
      "the URL at which people reach the service. Used for links in Slack, for `ce-source`, and to check the origin of requests with the cookie",
  },
  RETRY_SCHEDULE: {
    schema: values.RetrySchedule,
    default: "5,300,1800,7200,18000,36000,43200,43200,43200",
    description: "seconds between attempts: n numbers allow n + 1 attempts. Waits of 60 s and more vary by ±20 %",
  },
  DELIVERY_TIMEOUT_SECONDS: {
    schema: values.DeliveryTimeout,
    default: "15",
    description: "seconds for a whole attempt, 1–60",
  },
  DELIVERY_RETENTION_DAYS: {
    schema: values.DeliveryRetention,
    default: "90",
    description:
      "days until old rows are deleted, 1–3650: settled deliveries and their attempts, finished recoveries, hourly counters",
  },
  EVENT_RETENTION_DAYS: {
    schema: values.EventRetention.optional(),
    whenEmpty: "for ever",
    description: "days until events are deleted, 1–36500, with their openings",
  },
  LOG_KEY: {
    schema: values.LogKey.optional(),
    whenEmpty: "no log",
    isSecret: true,
    description:
      "private key that signs the log's checkpoints, as `npm run --silent log-key -- --origin NAME` prints it. The name in the key is the log's origin",
  },
  LOG_ACCESS: {
    schema: values.LogAccess,
    default: "readers",
    description: "who may read `/log/…`: `readers`, who need a valid token, or the `public`",
  },
  LOG_WITNESSES: {
    schema: values.LogWitnesses,
    default: "",
    whenEmpty: "none",
    description:
      "at most 16 witnesses that cosign the log's checkpoints. Each is written as `KEY URL`: its public key and its submission prefix",
  },
  HOT_GIGABYTES: {
    schema: values.HotGigabytes,
    default: "7",
    description:
      "while D1 has more gigabytes than this, 0–9.5, the oldest events move to the bucket `ARCHIVE`. `0`: as soon as there are enough for a segment",
  },
  ALLOW_LOCAL_DESTINATIONS: {
    schema: values.BooleanFlag,
    default: "false",
    description: "development only: allows `http`, IP addresses and local names as destinations",
  },
  SERVER_TIMING: {
    schema: values.BooleanFlag,
    default: "false",
    description: "adds each request's cost in D1 and R2 to the response, as `Server-Timing`",
  },
} satisfies Record<Exclude<keyof Env, BindingName>, Variable>;
