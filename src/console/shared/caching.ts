import { sha256 } from "../../lib/crypto.ts";
import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../../http/app-env.ts";

/** For a file whose URL changes with its content. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

export function serveImmutable(c: HonoContext, type: string, text: string): Response {
  return c.body(text, 200, { "Content-Type": type, "Cache-Control": IMMUTABLE });
}

/**
 * As in "/style-1f0b3d7a9c2e.css": the URL has a hash of the content, so browsers can keep the file without asking
 * again.
 */
export function hashedUrl(name: string, extension: string, text: string): string {
  return `${name}-${sha256(text, "hex").slice(0, 12)}.${extension}`;
}

/** Pages are private to one reader. `no-store` also stops the Back button from showing a page after signing out. */
export const noStore = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "private, no-store");
});
