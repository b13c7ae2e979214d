import type * as z from "zod";
import { AppError } from "./errors.ts";
import { VARIABLES, type BindingName, type Variable } from "./schemas/variables.ts";

type VariableName = keyof typeof VARIABLES;
/** The variables as they are set. Any of them may be missing, although the type `Env` says that none is. */
export type Variables = { readonly [Name in VariableName]?: string | undefined };

/**
 * The service's variables. Each is parsed when it is first read, so a bad value fails only the requests that need it.
 * @throws AppError `misconfigured`, when a variable with a bad value is read. The error names the variable, not the
 * value.
 */
export class Config {
  readonly #variables: Variables;
  readonly #parsed = new Map<VariableName, unknown>();

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** The bytes of the HS256 key are the UTF-8 bytes of this text. */
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
  get operatorGroups() {
    return this.#read("OPERATOR_GROUPS");
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
  /** Undefined if events are kept for ever. */
  get eventRetentionDays() {
    return this.#read("EVENT_RETENTION_DAYS");
  }
  /** Undefined if there is no log. */
  get logKey() {
    return this.#read("LOG_KEY");
  }
  get logAccess() {
    return this.#read("LOG_ACCESS");
  }
  get logWitnesses() {
    return this.#read("LOG_WITNESSES");
  }
  get hotGigabytes() {
    return this.#read("HOT_GIGABYTES");
  }
  get serverTiming() {
    return this.#read("SERVER_TIMING");
  }

  /** @throws AppError `misconfigured`, if neither a secret nor a key set for readers' tokens is configured. */
  requireVerificationKeys(): void {
    if (this.jwtSecret === undefined && this.jwksUrl === undefined) {
      throw misconfigured("JWT_SECRET", "must be set, unless JWKS_URL is set");
    }
  }

  /** @throws AppError `misconfigured`, for the first variable that has a bad value, or is required but missing. */
  requireValid(): void {
    this.requireVerificationKeys();
    for (const name of variableNames()) this.#read(name);
  }

  #read<Name extends VariableName>(name: Name): z.output<(typeof VARIABLES)[Name]["schema"]> {
    if (!this.#parsed.has(name)) this.#parsed.set(name, parse(name, this.#variables[name]));
    return this.#parsed.get(name) as z.output<(typeof VARIABLES)[Name]["schema"]>; // the value was made by this variable's schema
  }
}

/** The type of `value` is unknown, because `[vars]` of wrangler.toml may also contain numbers, booleans and tables. */
function parse(name: VariableName, value: unknown): unknown {
  if (value !== undefined && typeof value !== "string") throw misconfigured(name, "must be a string, in quotes");
  const variable: Variable = VARIABLES[name];
  const result = variable.schema.safeParse(value === undefined || value === "" ? variable.default : value);
  if (!result.success) throw misconfigured(name, result.error.issues[0]?.message ?? "is not valid");
  return result.data;
}

function variableNames(): VariableName[] {
  return Object.keys(VARIABLES) as VariableName[]; // the table is a literal and has no other keys
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
