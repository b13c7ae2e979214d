import { cors } from "hono/cors";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/**
 * Sets CORS headers for the origins in ALLOWED_ORIGINS, but never allows cookies. Other origins get no CORS header. If
 * any origin is allowed, each response has `Vary: Origin`, even if the request has no `Origin`, because a cache may
 * serve the response to a page of another origin.
 */
export const allowOrigins = createMiddleware<AppEnv>(async (c, next) => {
  const { allowedOrigins } = c.get("context").config;
  if (allowedOrigins.length === 0) return next();
  if (allowedOrigins.includes(c.req.header("Origin") ?? "")) return corsHeaders(c, next); // hono's cors also adds Vary
  await next();
  c.header("Vary", "Origin", { append: true });
});

const corsHeaders = cors({
  origin: (origin) => origin,
  allowMethods: ["GET", "HEAD", "PUT", "POST", "DELETE"],
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
