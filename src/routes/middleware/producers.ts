import { createMiddleware } from "hono/factory";
import { requireProducer } from "../../auth/producer-token.ts";
import type { AppEnv } from "../env.ts";

/** For what only producers may do. */
export const asProducer = createMiddleware<AppEnv>(async (c, next) => {
  await requireProducer(c.req.raw, c.get("context"));
  await next();
});
