import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { authenticateProducer } from "../../auth/producer-token.ts";
import type { AppEnv } from "../app-env.ts";
import { requireDecodableUrl } from "./decodable-url.ts";

const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  await authenticateProducer(c.req.raw, c.get("context"));
  await next();
});

/** For what only producers may do. */
export const requireProducer = every(authenticate, requireDecodableUrl);
