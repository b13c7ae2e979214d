import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Usage } from "../../store/database.ts";
import type { AppEnv } from "../app-env.ts";

/** Logs one line for each request, and with SERVER_TIMING adds what the request cost on D1 to the response. */
export const logRequests = createMiddleware<AppEnv>(async (c, next) => {
  const context = c.get("context");
  const startedAt = context.now();
  const hasServerTiming = context.config.serverTiming; // a bad value stops the request before it changes anything
  await next();
  if (hasServerTiming) c.header("Server-Timing", serverTiming(context.usage));
  context.log({
    event: "request",
    request_id: c.get("requestId"),
    method: c.req.method,
    route: routePath(c), // names of projects are the readers' business, the route is ours
    status: c.res.status,
    duration_ms: context.now() - startedAt,
    d1_queries: context.usage.queries,
    d1_rows_read: context.usage.rowsRead,
    d1_rows_written: context.usage.rowsWritten,
  });
});

function serverTiming({ durationMs, queries, rowsRead, rowsWritten }: Usage): string {
  return [
    `d1;dur=${durationMs.toFixed(1)}`,
    `d1-queries;desc="${queries}"`,
    `d1-rows-read;desc="${rowsRead}"`,
    `d1-rows-written;desc="${rowsWritten}"`,
  ].join(", ");
}
