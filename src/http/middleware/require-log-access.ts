import { createMiddleware } from "hono/factory";
import { requireLog } from "../../domain/log/require-log.ts";
import type { AppEnv } from "../app-env.ts";
import { requireDecodableUrl } from "./decodable-url.ts";
import { requireReader } from "./require-access.ts";

/** Requires that there is a log and, unless LOG_ACCESS is `public`, a reader's token. */
export const requireLogAccess = createMiddleware<AppEnv>(async (c, next) => {
  const { config } = c.get("context");
  requireLog(config);
  return config.logAccess === "public" ? requireDecodableUrl(c, next) : requireReader(c, next);
});
