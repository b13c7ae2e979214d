import { Hono } from "hono";
import { AppError } from "../errors.ts";
import type { AppEnv } from "./env.ts";

export const health = new Hono<AppEnv>().get("/", async (c) => {
  try {
    await c.get("context").db.prepare("SELECT 1").run();
  } catch (cause) {
    throw new AppError("unavailable", "The database does not answer.", { cause, headers: { "Retry-After": "5" } });
  }
  return c.json({ status: "ok" as const });
});
