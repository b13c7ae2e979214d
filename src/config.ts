import type { z } from "zod";
import { AppError } from "./errors.ts";
import * as schemas from "./schemas/config.ts";

/**
 * The service's variables. Each is parsed when it is first needed, so that one bad value stops only what needs it.
 * @throws AppError `misconfigured`, from the property: names the variable, never its value.
 */
export class Config {
  readonly #env: Env;
  readonly #parsed = new Map<keyof Env, unknown>();

  constructor(env: Env) {
    this.#env = env;
  }

  /** UTF-8 text of the HS256 key; undefined where only `JWKS_URL` is set. */
  get jwtSecret() {
    return this.#read("JWT_SECRET", schemas.Secret.optional());
  }
  get jwksUrl() {
    return this.#read("JWKS_URL", schemas.KeySetUrl.optional());
  }
  get jwtIssuers() {
    return this.#read("JWT_ISSUER", schemas.Names);
  }
  get jwtAudiences() {
    return this.#read("JWT_AUDIENCE", schemas.Names);
  }
  get groupsClaim() {
    return this.#read("GROUPS_CLAIM", schemas.GroupsClaim);
  }
  get auditorGroups() {
    return this.#read("AUDITOR_GROUPS", schemas.Names);
  }
  get internalTokens() {
    return this.#read("INTERNAL_TOKEN", schemas.Tokens);
  }
  get allowedOrigins() {
    return this.#read("ALLOWED_ORIGINS", schemas.Origins);
  }
  get publicUrl() {
    return this.#read("PUBLIC_URL", schemas.PublicUrl);
  }
  get allowLocalDestinations() {
    return this.#read("ALLOW_LOCAL_DESTINATIONS", schemas.Switch);
  }
  get retrySchedule() {
    return this.#read("RETRY_SCHEDULE", schemas.RetrySchedule);
  }
  get deliveryTimeoutSeconds() {
    return this.#read("DELIVERY_TIMEOUT_SECONDS", schemas.DeliveryTimeout);
  }
  get deliveryRetentionDays() {
    return this.#read("DELIVERY_RETENTION_DAYS", schemas.DeliveryRetention);
  }
  get serverTiming() {
    return this.#read("SERVER_TIMING", schemas.Switch);
  }

  #read<Schema extends z.ZodType>(name: keyof Env, schema: Schema): z.output<Schema> {
    if (!this.#parsed.has(name)) {
      const result = schema.safeParse(this.#env[name] || undefined);
      if (!result.success) throw misconfigured(name, result.error.issues[0]?.message ?? "is not valid");
      this.#parsed.set(name, result.data);
    }
    return this.#parsed.get(name) as z.output<Schema>; // set under this name by this schema alone
  }
}

export function misconfigured(name: keyof Env, message: string): AppError {
  return new AppError("misconfigured", `The variable ${name} ${message}.`);
}

const configs = new WeakMap<Env, Config>();

/** One Config an isolate: the platform hands every invocation the same `env`. */
export function configOf(env: Env): Config {
  const config = configs.get(env) ?? new Config(env);
  configs.set(env, config);
  return config;
}
