import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../env.ts";

/** CORS for the origins that ALLOWED_ORIGINS names, and never with cookies; for all others no CORS header at all. */
export const allowOrigins = createMiddleware<AppEnv>(async (c, next) => {
  const origin = c.req.header("Origin");
  if (origin === undefined || !c.get("context").config.allowedOrigins.includes(origin)) return next();
  return forNamedOrigins(c, next);
});

const forNamedOrigins = cors({
  origin: (origin) => origin,
  allowMethods: ["GET", "HEAD", "PUT", "POST"],
  allowHeaders: [
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "X-Escape-Token",
    "x-d1-bookmark",
  ],
  exposeHeaders: [
    "Content-Disposition",
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "Server-Timing",
    "x-d1-bookmark",
    "X-Request-Id",
  ],
  maxAge: 600,
});
