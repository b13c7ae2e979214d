import { createMiddleware } from "hono/factory";
import type { RequestIdVariables } from "hono/request-id";
import { contextFor, type Context } from "../context.ts";
import type { Reader } from "../domain/access/roles.ts";

/** The variables that middleware sets for handlers. `reader` is set by `requireReader`. */
export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & { context: Context; reader: Reader };
}

/** Opens the Context of the request; besides src/index.ts, the only place that opens one. */
export const openContext = createMiddleware<AppEnv>(async (c, next) => {
  c.set("context", contextFor(c.env, c.executionCtx, new URL(c.req.url).origin));
  await next();
});
