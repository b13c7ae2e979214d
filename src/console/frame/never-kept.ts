import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../../routes/env.ts";

/** A page is one reader's, for now: nothing keeps it, not even for the way back after signing out. */
export const neverKept = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "private, no-store");
});
