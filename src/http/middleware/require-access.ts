import { every } from "hono/combine";
import { createMiddleware } from "hono/factory";
import { authenticateProducer } from "../../auth/producer-token.ts";
import { authenticateReader } from "../../auth/reader-token.ts";
import { requireSameOrigin } from "../../auth/same-origin.ts";
import { requireOperator, requireOwner, requireProjectReader } from "../../domain/access/roles.ts";
import type { AppEnv } from "../app-env.ts";
import { requireDecodableUrl } from "./decodable-url.ts";

const authenticateAsProducer = createMiddleware<AppEnv>(async (c, next) => {
  await authenticateProducer(c.req.raw, c.get("context"));
  await next();
});

const authenticateAsReader = createMiddleware<AppEnv>(async (c, next) => {
  const { reader, viaCookie } = await authenticateReader(c.req.raw, c.get("context"));
  if (viaCookie) requireSameOrigin(c.req.raw, c.get("context"));
  c.set("reader", reader);
  await next();
});

/**
 * Requires a producer's token. The token is checked first, so a caller without one gets a 401 and no validation errors.
 */
export const requireProducer = every(authenticateAsProducer, requireDecodableUrl);

/** Requires a reader's token, and sets `c.get("reader")`. A caller without one gets a 401 and no validation errors. */
export const requireReader = every(authenticateAsReader, requireDecodableUrl);

type ProjectRoute = "/project/:project/*";

/**
 * Requires a role in the project. Use before validation: a reader without a role gets a 403 and no validation errors.
 */
export const requireProjectMember = createMiddleware<AppEnv, ProjectRoute>(async (c, next) => {
  requireProjectReader(c.get("reader"), c.req.param("project"));
  await next();
});

/** Requires the role owner in the project. Use before validation, like `requireProjectMember`. */
export const requireProjectOwner = createMiddleware<AppEnv, ProjectRoute>(async (c, next) => {
  requireOwner(c.get("reader"), c.req.param("project"));
  await next();
});

/** Requires an operator. Use before validation, like `requireProjectMember`. */
export const requireOperatorRole = createMiddleware<AppEnv>(async (c, next) => {
  requireOperator(c.get("reader"));
  await next();
});
