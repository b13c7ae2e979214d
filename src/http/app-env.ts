import { createMiddleware } from "hono/factory";
import type { RequestIdVariables } from "hono/request-id";
import { contextFor, type Context } from "../context.ts";
import type { Reader } from "../domain/access/roles.ts";

/** The variables that middleware sets for handlers. `reader` is set by `requireReader`. */
export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & { context: Context; reader: Reader };
}

/** Opens the request's Context. Only this middleware and src/index.ts open one. */
export const openContext = createMiddleware<AppEnv>(async (c, next) => {
  c.set("context", contextFor(c.env, c.executionCtx, new URL(c.req.url).origin));
  await next();
});
