import { Hono } from "hono";
import { requireBindings } from "../config.ts";
import { checkHealth } from "../domain/check-health.ts";
import type { AppEnv } from "../http/app-env.ts";
import { NO_STORE } from "../http/caching-headers.ts";
import { jsonResponse } from "../http/json-response.ts";

/**
 * The service is healthy if the queues are bound, each variable is valid, and D1 responds. Otherwise a problem names
 * the first fault, so one request checks a deployment.
 */
export const health = new Hono<AppEnv>().get("/", async (c) => {
  requireBindings(c.env, "DELIVERIES", "RETRIES", "LOG", "STREAMS");
  await checkHealth(c.get("context"));
  return jsonResponse(c, { status: "ok" as const }, 200, NO_STORE);
});
