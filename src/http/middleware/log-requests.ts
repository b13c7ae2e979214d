import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Usage } from "../../store/database.ts";
import type { AppEnv } from "../app-env.ts";

/** Logs one line for each request. With SERVER_TIMING, a response header has the cost of the request in D1 and R2. */
export const logRequests = createMiddleware<AppEnv>(async (c, next) => {
  const context = c.get("context");
  const startedAt = context.now();
  const hasServerTiming = context.config.serverTiming; // read first, so that an invalid value fails before the request changes anything
  await next();
  if (hasServerTiming) c.header("Server-Timing", serverTiming(context.usage));
  context.log({
    event: "request",
    request_id: c.get("requestId"),
    method: c.req.method,
    route: routePath(c), // the route and not the path, because names of projects are not logged
    status: c.res.status,
    duration_ms: context.now() - startedAt,
    d1_queries: context.usage.queries,
    d1_rows_read: context.usage.rowsRead,
    d1_rows_written: context.usage.rowsWritten,
    r2_gets: context.usage.r2Gets,
  });
});

function serverTiming({ durationMs, queries, rowsRead, rowsWritten, r2Gets }: Usage): string {
  return [
    `d1;dur=${durationMs.toFixed(1)}`,
    `d1-queries;desc="${queries}"`,
    `d1-rows-read;desc="${rowsRead}"`,
    `d1-rows-written;desc="${rowsWritten}"`,
    `r2;desc="${r2Gets}"`,
  ].join(", ");
}
