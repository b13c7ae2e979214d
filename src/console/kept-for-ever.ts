import { createHash } from "node:crypto";
import type { Context as HonoContext } from "hono";

export const FOR_EVER = "public, max-age=31536000, immutable";

/** Where a text is served: another text has another address, so that browsers may keep each for ever. */
export function keptForEver(name: string, extension: string, text: string): string {
  return `${name}-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.${extension}`;
}

export function answerForEver(c: HonoContext, type: string, text: string): Response {
  return c.body(text, 200, { "Content-Type": type, "Cache-Control": FOR_EVER });
}
