import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { authenticateReader } from "../../auth/reader-token.ts";
import { requireSameOrigin } from "../../auth/same-origin.ts";
import type { AppEnv } from "../app-env.ts";
import { requireDecodableUrl } from "./decodable-url.ts";

const authenticate = createMiddleware<AppEnv>(async (c, next) => {
  const { reader, viaCookie } = await authenticateReader(c.req.raw, c.get("context"));
  if (viaCookie) requireSameOrigin(c.req.raw, c.get("context"));
  c.set("reader", reader);
  await next();
});

/** For everything that readers ask: who asks, before what is asked. */
export const requireReader = every(authenticate, requireDecodableUrl);
