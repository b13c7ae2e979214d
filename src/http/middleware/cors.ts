import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/**
 * CORS for the origins that ALLOWED_ORIGINS names, and never with cookies; for all others no CORS header at all. Where it
 * names any, each answer varies by `Origin`, also one to a request without: a cache may keep that and serve it to a page.
 */
export const allowOrigins = createMiddleware<AppEnv>(async (c, next) => {
  const { allowedOrigins } = c.get("context").config;
  if (allowedOrigins.length === 0) return next();
  if (allowedOrigins.includes(c.req.header("Origin") ?? "")) return forNamedOrigins(c, next); // which adds Vary itself
  await next();
  c.header("Vary", "Origin", { append: true });
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
