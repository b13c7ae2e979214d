import type { RequestIdVariables } from "hono/request-id";
import type { Context } from "../context.ts";
import type { Reader } from "../domain/access/reader.ts";

/** What the middleware puts on Hono's context for the handlers. `reader` is there behind `asReader`. */
export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & { context: Context; reader: Reader };
}
