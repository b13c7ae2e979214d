import { Hono } from "hono";
import { getEvent } from "../domain/events/get-event.ts";
import { proveEvent } from "../domain/log/prove-event.ts";
import { filteredScope } from "../domain/access/scope-path.ts";
import { LogQuery } from "../schemas/log-query.ts";
import { DeploymentPageQuery, FilteredPageQuery, PageQuery } from "../schemas/page.ts";
import type { AppEnv } from "../http/app-env.ts";
import { respondWithListing } from "./listings/respond-with-listing.ts";
import { respondWithEvent } from "./listings/respond-with-page.ts";
import { requireReader } from "../http/middleware/require-access.ts";
import { validate } from "../http/middleware/validate.ts";
import { respondWithLogText } from "./log-responses.ts";

/**
 * The nine listings, a single event, and its proof. If the path names the scope, filters by name in the query are
 * ignored.
 */
export const events = new Hono<AppEnv>()
  .get("/query", requireReader, validate("query", FilteredPageQuery), (c) => {
    const query = c.req.valid("query");
    return respondWithListing(c, filteredScope(query), query);
  })
  .get("/query/inventory", requireReader, validate("query", PageQuery), (c) =>
    respondWithListing(c, ["inventory"], c.req.valid("query")),
  )
  .get("/query/inventory/:project", requireReader, validate("query", PageQuery), (c) =>
    respondWithListing(c, ["inventory", c.req.param("project")], c.req.valid("query")),
  )
  .get("/query/inventory/:project/:application", requireReader, validate("query", PageQuery), (c) => {
    const { project, application } = c.req.param();
    return respondWithListing(c, ["inventory", project, application], c.req.valid("query"));
  })
  .get("/query/inventory/:project/:application/:version", requireReader, validate("query", PageQuery), (c) => {
    const { project, application, version } = c.req.param();
    return respondWithListing(c, ["inventory", project, application, version], c.req.valid("query"));
  })
  .get("/query/project", requireReader, validate("query", PageQuery), (c) =>
    respondWithListing(c, ["state"], c.req.valid("query")),
  )
  .get("/query/project/:project", requireReader, validate("query", PageQuery), (c) =>
    respondWithListing(c, ["state", c.req.param("project")], c.req.valid("query")),
  )
  .get("/query/project/:project/:environment", requireReader, validate("query", PageQuery), (c) => {
    const { project, environment } = c.req.param();
    return respondWithListing(c, ["state", project, environment], c.req.valid("query"));
  })
  .get(
    "/query/project/:project/:environment/deployment",
    requireReader,
    validate("query", DeploymentPageQuery),
    (c) => {
      const { project, environment } = c.req.param();
      const query = c.req.valid("query");
      return respondWithListing(c, ["state", project, environment, query.deployment], query);
    },
  )
  .get("/:id/proof", requireReader, validate("query", LogQuery), async (c) => {
    const { cosigned = false } = c.req.valid("query");
    const { proof } = await proveEvent(c.get("context"), c.get("reader"), c.req.param("id"), { cosigned });
    return respondWithLogText(c, proof, "readers");
  })
  .get("/:id", requireReader, async (c) => {
    const context = c.get("context");
    const row = await getEvent(context, c.get("reader"), c.req.param("id"));
    return respondWithEvent(c, row, context.db.bookmark());
  });
