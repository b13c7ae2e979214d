import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { readReader } from "../../auth/reader-token.ts";
import { requireSameOrigin } from "../../auth/same-origin.ts";
import { invalidRequest } from "../../errors.ts";
import type { AppEnv } from "../env.ts";

const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const { reader, viaCookie } = await readReader(c.req.raw, c.get("context"));
  if (viaCookie) requireSameOrigin(c.req.raw, c.get("context"));
  c.set("reader", reader);
  await next();
});

/** Hono passes on what it cannot decode as it came, so a listing of `%zz` would be one of a project of that name. */
const requireDecodableUrl = createMiddleware<AppEnv>(async (c, next) => {
  const { pathname, search } = new URL(c.req.url);
  const faults = [
    ...(isDecodable(pathname) ? [] : [{ path: "path", message: NOT_DECODABLE }]),
    ...(isDecodable(search) ? [] : [{ path: "query", message: NOT_DECODABLE }]),
  ];
  if (faults.length > 0) throw invalidRequest(faults);
  await next();
});

const NOT_DECODABLE = "must be percent-encoded UTF-8: a % is followed by two hex digits";

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** For everything that readers ask: who asks, before what is asked. */
export const asReader = every(authenticate, requireDecodableUrl);
