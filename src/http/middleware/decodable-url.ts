import { createMiddleware } from "hono/factory";
import { invalidRequest } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";

/** Hono does not decode a segment with a malformed escape, so `%zz` would be read as the name of a project. */
export const requireDecodableUrl = createMiddleware<AppEnv>(async (c, next) => {
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
