import type { Context as HonoContext, TypedResponse } from "hono";
import type { AppEnv } from "../http/app-env.ts";
import { checkpointCacheHeaders, immutableLogHeaders } from "../http/caching-headers.ts";
import { bodyTag, etagHeader, isNotModified, respondNotModified } from "../http/entity-tags.ts";

/** A text that changes with the log; 304 if the caller has it. */
export function respondWithLogText(c: HonoContext<AppEnv>, text: string, access = c.get("context").config.logAccess) {
  const response = respondWithTagged(c, text, checkpointCacheHeaders(access), "text/plain; charset=utf-8");
  return response as Response & TypedResponse<string, 200, "text">; // or a 304, if the caller asks for that
}

/** A tile or a bundle of entries, which never changes. */
export function respondWithTile(c: HonoContext<AppEnv>, bytes: Uint8Array<ArrayBuffer>) {
  const { logAccess } = c.get("context").config;
  const response = respondWithTagged(c, bytes, immutableLogHeaders(logAccess), "application/octet-stream");
  return response as Response & TypedResponse<unknown, 200, "body">; // or a 304, if the caller asks for that
}

function respondWithTagged(
  c: HonoContext<AppEnv>,
  body: string | Uint8Array<ArrayBuffer>,
  caching: Record<string, string>,
  contentType: string,
): Response {
  const tag = bodyTag(body);
  const headers = { ...caching, ...etagHeader(tag) };
  if (isNotModified(c.req.header("If-None-Match"), tag)) return respondNotModified(c, headers);
  return c.newResponse(body, 200, { ...headers, "Content-Type": contentType });
}
