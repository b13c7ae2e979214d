import { Hono } from "hono";
import { checkHealth } from "../domain/check-health.ts";
import type { AppEnv } from "./env.ts";

export const health = new Hono<AppEnv>().get("/", async (c) => {
  await checkHealth(c.get("context").db);
  return c.json({ status: "ok" as const }, 200, { "Cache-Control": "no-store" });
});
