import * as z from "zod";
import { AppError } from "./errors.ts";
import * as schemas from "./schemas/variable-values.ts";

interface Variable {
  schema: z.ZodType;
  /** Parsed in place of an empty or missing value. */
  default?: string;
  /** What an empty or missing value means, for a variable without a default. */
  whenEmpty?: string;
  isSecret?: true;
  description: string;
}

type BindingName = "DB" | "DELIVERIES" | "RETRIES" | "LOG" | "ASSETS" | "ARCHIVE";

/** Every variable, in the order in which `/health` checks them. docs/configuration.md repeats this table. */
export const VARIABLES = {
  JWT_SECRET: {
    schema: schemas.Secret.optional(),
    whenEmpty: "required without JWKS_URL",
    isSecret: true,
    description: "key of HS256 readers' tokens, at least 32 bytes",
  },
  JWKS_URL: {
    schema: schemas.KeySetUrl.optional(),
    description: "key set of RS256, ES256 and EdDSA readers' tokens: `https`, or `http` on loopback",
  },
  JWT_ISSUER: {
    schema: schemas.StringList,
    default: "",
    whenEmpty: "not checked",
    description: "accepted `iss`",
  },
  JWT_AUDIENCE: {
    schema: schemas.StringList,
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
    schema: schemas.StringList,
    default: "",
    whenEmpty: "none",
    description: "groups whose members see every event",
  },
  INTERNAL_TOKEN: {
    schema: schemas.TokenList,
    whenEmpty: "required",
    isSecret: true,
    description: "producers' tokens; several while one is replaced",
  },
  ALLOWED_ORIGINS: {
    schema: schemas.Origins,
    default: "",
    whenEmpty: "none",
    description: "web origins that get CORS headers, never with cookies",
  },
  PUBLIC_URL: {
    schema: schemas.PublicUrl.optional(),
    description:
      "where people reach the service: Slack links, `ce-source`, and the origin that cookies are accepted from",
  },
  RETRY_SCHEDULE: {
    schema: schemas.RetrySchedule,
    default: "5,300,1800,7200,18000,36000,43200,43200,43200",
    description: "seconds between attempts: n waits are n + 1 attempts. Waits of 60 s and more vary by ±20 %",
  },
  DELIVERY_TIMEOUT_SECONDS: {
    schema: schemas.DeliveryTimeout,
    default: "15",
    description: "for a whole attempt, 1–60",
  },
  DELIVERY_RETENTION_DAYS: {
    schema: schemas.DeliveryRetention,
    default: "90",
    description:
      "days until settled deliveries with their attempts, finished recoveries and hourly counters are deleted, 1–3650",
  },
  LOG_KEY: {
    schema: schemas.LogKey.optional(),
    whenEmpty: "no log",
    isSecret: true,
    description:
      "private key that signs the log's checkpoints, as `npm run --silent log-key -- --origin NAME` prints it: its name is the log's origin",
  },
  LOG_ACCESS: {
    schema: schemas.LogAccess,
    default: "readers",
    description: "who may read `/log/…`: `readers`, who need a valid token, or the `public`",
  },
  LOG_WITNESSES: {
    schema: schemas.LogWitnesses,
    default: "",
    whenEmpty: "none",
    description:
      "witnesses that cosign the log's checkpoints: for each its key, a space and its submission prefix; at most 16",
  },
  ALLOW_LOCAL_DESTINATIONS: {
    schema: schemas.BooleanFlag,
    default: "false",
    description: "development only: allows `http`, IP addresses and local names as destinations",
  },
  SERVER_TIMING: {
    schema: schemas.BooleanFlag,
    default: "false",
    description: "adds each request's cost in D1 to the response, as `Server-Timing`",
  },
} satisfies Record<Exclude<keyof Env, BindingName>, Variable>;

type VariableName = keyof typeof VARIABLES;
/** The variables as they are set. Unlike in `Env`, any of them may be missing. */
export type Variables = { readonly [Name in VariableName]?: string | undefined };

/**
 * The service's variables. Each is parsed when it is first read, so that a bad value fails only the requests that need it.
 * @throws AppError `misconfigured`, when a property is read: names the variable, never its value.
 */
export class Config {
  readonly #variables: Variables;
  readonly #parsed = new Map<VariableName, unknown>();

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** The HS256 key as UTF-8 text. */
  get jwtSecret() {
    return this.#read("JWT_SECRET");
  }
  get jwksUrl() {
    return this.#read("JWKS_URL");
  }
  get jwtIssuers() {
    return this.#read("JWT_ISSUER");
  }
  get jwtAudiences() {
    return this.#read("JWT_AUDIENCE");
  }
  get groupsClaim() {
    return this.#read("GROUPS_CLAIM");
  }
  get auditorGroups() {
    return this.#read("AUDITOR_GROUPS");
  }
  get internalTokens() {
    return this.#read("INTERNAL_TOKEN");
  }
  get allowedOrigins() {
    return this.#read("ALLOWED_ORIGINS");
  }
  get publicUrl() {
    return this.#read("PUBLIC_URL");
  }
  get allowLocalDestinations() {
    return this.#read("ALLOW_LOCAL_DESTINATIONS");
  }
  get retrySchedule() {
    return this.#read("RETRY_SCHEDULE");
  }
  get deliveryTimeoutSeconds() {
    return this.#read("DELIVERY_TIMEOUT_SECONDS");
  }
  get deliveryRetentionDays() {
    return this.#read("DELIVERY_RETENTION_DAYS");
  }
  /** Undefined: there is no log. */
  get logKey() {
    return this.#read("LOG_KEY");
  }
  get logAccess() {
    return this.#read("LOG_ACCESS");
  }
  get logWitnesses() {
    return this.#read("LOG_WITNESSES");
  }
  get serverTiming() {
    return this.#read("SERVER_TIMING");
  }

  /** @throws AppError `misconfigured`, if readers' tokens can be verified with neither a secret nor a key set. */
  requireVerificationKeys(): void {
    if (this.jwtSecret === undefined && this.jwksUrl === undefined) {
      throw misconfigured("JWT_SECRET", "must be set, unless JWKS_URL is set");
    }
  }

  /** @throws AppError `misconfigured`, for the first variable that is bad, or missing and required. */
  requireValid(): void {
    this.requireVerificationKeys();
    for (const name of variableNames()) this.#read(name);
  }

  #read<Name extends VariableName>(name: Name): z.output<(typeof VARIABLES)[Name]["schema"]> {
    if (!this.#parsed.has(name)) this.#parsed.set(name, parse(name, this.#variables[name]));
    return this.#parsed.get(name) as z.output<(typeof VARIABLES)[Name]["schema"]>; // only its schema sets it
  }
}

/** `value` is unknown because `[vars]` of wrangler.toml may also hold numbers, booleans and tables. */
function parse(name: VariableName, value: unknown): unknown {
  if (value !== undefined && typeof value !== "string") throw misconfigured(name, "must be a string, in quotes");
  const variable: Variable = VARIABLES[name];
  const result = variable.schema.safeParse(value === undefined || value === "" ? variable.default : value);
  if (!result.success) throw misconfigured(name, result.error.issues[0]?.message ?? "is not valid");
  return result.data;
}

function variableNames(): VariableName[] {
  return Object.keys(VARIABLES) as VariableName[]; // the table is a literal, with no other keys
}

/** @throws AppError `misconfigured`, for the first of these bindings that is missing. */
export function requireBindings(env: Partial<Env>, ...names: BindingName[]): void {
  const missing = names.find((name) => env[name] === undefined);
  if (missing !== undefined) throw misconfigured(missing, "must be a binding of this Worker, as in wrangler.toml");
}

function misconfigured(name: VariableName | BindingName, message: string): AppError {
  return new AppError("misconfigured", `The variable ${name} ${message}.`);
}

const configs = new WeakMap<Env, Config>();

/** One `Config` per isolate: the platform passes the same `env` to every invocation. */
export function configFor(env: Env): Config {
  const config = configs.get(env) ?? new Config(env);
  configs.set(env, config);
  return config;
}
