import type { Context as HonoContext } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { writeJson } from "../lib/json-writer.ts";
import type { AppEnv } from "./app-env.ts";
import { NO_STORE } from "./caching-headers.ts";

/**
 * Like `c.json`, with the same type for the typed client, but `writeJson` writes the body. A body with a secret does
 * not compile.
 */
export function jsonResponse<Body extends object, Status extends ContentfulStatusCode>(
  c: HonoContext<AppEnv>,
  body: Body & WithoutSecrets<Body>,
  status: Status,
  headers: Record<string, string>,
) {
  const response: Response = c.body(writeJson(body), status, { ...headers, "Content-Type": "application/json" });
  return response as ReturnType<typeof c.json<Body, Status>>;
}

/** The only response that contains a secret. It is for owners. */
export function secretResponse(c: HonoContext<AppEnv>, signingSecret: string) {
  const body = writeJson({ signing_secret: signingSecret });
  const response: Response = c.body(body, 200, { ...NO_STORE, "Content-Type": "application/json" });
  return response as ReturnType<typeof c.json<{ signing_secret: string }, 200>>;
}

/** Fields of a stored subscription or stream that are secret. */
type SecretField = "signing_secret" | "previous_secrets" | "secret" | "token" | "api_key" | "secret_access_key";

/** True if a value, or any value inside it, has a secret field. */
type ContainsSecret<Value> = Value extends readonly (infer Item)[]
  ? ContainsSecret<Item>
  : Value extends object
    ? Extract<keyof Value, SecretField> extends never
      ? { [Key in keyof Value]-?: ContainsSecret<Value[Key]> }[keyof Value]
      : true
    : false;

type WithoutSecrets<Body> = true extends ContainsSecret<Body> ? "This body contains a secret." : unknown;
