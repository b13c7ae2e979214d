import type { z } from "zod";
import { AppError } from "./errors.ts";
import * as schemas from "./schemas/config.ts";

/** Every variable, in the order in which `/health` checks them. */
export const VARIABLES = {
  JWT_SECRET: schemas.Secret.optional(),
  JWKS_URL: schemas.KeySetUrl.optional(),
  JWT_ISSUER: schemas.StringList,
  JWT_AUDIENCE: schemas.StringList,
  GROUPS_CLAIM: schemas.GroupsClaim,
  AUDITOR_GROUPS: schemas.StringList,
  INTERNAL_TOKEN: schemas.TokenList,
  ALLOWED_ORIGINS: schemas.Origins,
  PUBLIC_URL: schemas.PublicUrl,
  RETRY_SCHEDULE: schemas.RetrySchedule,
  DELIVERY_TIMEOUT_SECONDS: schemas.DeliveryTimeout,
  DELIVERY_RETENTION_DAYS: schemas.DeliveryRetention,
  ALLOW_LOCAL_DESTINATIONS: schemas.BooleanFlag,
  SERVER_TIMING: schemas.BooleanFlag,
};

type VariableName = keyof typeof VARIABLES;
type BindingName = "DB" | "DELIVERIES" | "RETRIES";

/** The variables as they are set. Unlike in `Env`, any of them may be missing. */
export type Variables = { readonly [Name in VariableName]?: string | undefined };

/**
 * The service's variables. Each is parsed when it is first needed, so that one bad value stops only what needs it.
 * @throws AppError `misconfigured`, from the property: names the variable, never its value.
 */
export class Config {
  readonly #variables: Variables;
  readonly #parsed = new Map<VariableName, unknown>();

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** UTF-8 text of the HS256 key; undefined where only `JWKS_URL` is set. */
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
  get serverTiming() {
    return this.#read("SERVER_TIMING");
  }

  /** @throws AppError `misconfigured`, if tokens can be verified neither with a secret nor with a key set. */
  requireVerificationKeys(): void {
    if (this.jwtSecret === undefined && this.jwksUrl === undefined) {
      throw misconfigured("JWT_SECRET", "must be set, unless JWKS_URL is");
    }
  }

  /** @throws AppError `misconfigured`, for the first variable that is bad or missing. */
  requireValid(): void {
    this.requireVerificationKeys();
    for (const name of variableNames()) this.#read(name);
  }

  #read<Name extends VariableName>(name: Name): z.output<(typeof VARIABLES)[Name]> {
    if (!this.#parsed.has(name)) this.#parsed.set(name, parse(name, this.#variables[name]));
    return this.#parsed.get(name) as z.output<(typeof VARIABLES)[Name]>; // set under this name by its schema alone
  }
}

/** @param value is unknown: wrangler.toml's `[vars]` may hold numbers, booleans and tables too. */
function parse(name: VariableName, value: unknown): unknown {
  if (value !== undefined && typeof value !== "string") throw misconfigured(name, "must be a text, in quotes");
  const result = VARIABLES[name].safeParse(value === "" ? undefined : value);
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

/** One Config an isolate: the platform hands every invocation the same `env`. */
export function configOf(env: Env): Config {
  const config = configs.get(env) ?? new Config(env);
  configs.set(env, config);
  return config;
}
