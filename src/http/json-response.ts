import type { Context as HonoContext } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { writeJson } from "../lib/json-writer.ts";
import type { AppEnv } from "./app-env.ts";

/** As `c.json`, with the same type for the typed client, but written by `writeJson`. */
export function jsonResponse<Body extends object, Status extends ContentfulStatusCode>(
  c: HonoContext<AppEnv>,
  body: Body,
  status: Status,
  headers: Record<string, string>,
) {
  const response: Response = c.body(writeJson(body), status, { ...headers, "Content-Type": "application/json" });
  return response as ReturnType<typeof c.json<Body, Status>>;
}
