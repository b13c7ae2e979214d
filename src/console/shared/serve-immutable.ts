import type { Context as HonoContext } from "hono";

/** For what has another address when it changes. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

export function serveImmutable(c: HonoContext, type: string, text: string): Response {
  return c.body(text, 200, { "Content-Type": type, "Cache-Control": IMMUTABLE });
}
