import { createMiddleware } from "hono/factory";
import type { RequestIdVariables } from "hono/request-id";
import { contextOf, type Context } from "../context.ts";
import type { Reader } from "../domain/access/reader.ts";

/** What the middleware puts on Hono's context for the handlers. `reader` is there behind `asReader`. */
export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & { context: Context; reader: Reader };
}

/** Gives the request its context. The one place below src/index.ts that opens one. */
export const openContext = createMiddleware<AppEnv>(async (c, next) => {
  c.set("context", contextOf(c.env, c.executionCtx, new URL(c.req.url).origin));
  await next();
});
