import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../../http/app-env.ts";

/** A page is one reader's: no cache keeps it, nor does the browser, whose Back button would show it after signing out. */
export const noStore = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "private, no-store");
});
