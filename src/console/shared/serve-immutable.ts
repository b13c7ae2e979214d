import type { Context as HonoContext } from "hono";

/** For what has another address when it changes. */
export const FOR_EVER = "public, max-age=31536000, immutable";

export function answerForEver(c: HonoContext, type: string, text: string): Response {
  return c.body(text, 200, { "Content-Type": type, "Cache-Control": FOR_EVER });
}
