import { requireOwner, requireProjectReader } from "../../domain/access/roles.ts";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

type OfProject = "/project/:project/*";

/** For what a project's members may see. Who may not learns nothing of what is wrong with his request. */
export const requireProjectMember = createMiddleware<AppEnv, OfProject>(async (c, next) => {
  requireProjectReader(c.get("reader"), c.req.param("project"));
  await next();
});

/** For what its owners may change, or see as a secret. */
export const requireProjectOwner = createMiddleware<AppEnv, OfProject>(async (c, next) => {
  requireOwner(c.get("reader"), c.req.param("project"));
  await next();
});
