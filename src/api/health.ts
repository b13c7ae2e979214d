import { Hono } from "hono";
import { requireBindings } from "../config.ts";
import { checkHealth } from "../domain/check-health.ts";
import type { AppEnv } from "../http/app-env.ts";
import { jsonResponse } from "../http/json-response.ts";

export const health = new Hono<AppEnv>().get("/", async (c) => {
  requireBindings(c.env, "DELIVERIES", "RETRIES");
  await checkHealth(c.get("context"));
  return jsonResponse(c, { status: "ok" as const }, 200, { "Cache-Control": "no-store" });
});
