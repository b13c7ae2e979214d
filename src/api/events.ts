import { Hono } from "hono";
import { getEvent } from "../domain/events/get-event.ts";
import { scopeOfFilters } from "../domain/access/scope.ts";
import { DeploymentPageQuery, FilteredPageQuery, PageQuery } from "../schemas/page.ts";
import type { AppEnv } from "../http/app-env.ts";
import { answerListing } from "./listings/respond-with-listing.ts";
import { answerEvent } from "./listings/respond-with-page.ts";
import { asReader } from "../http/middleware/require-reader.ts";
import { valid } from "../http/middleware/validate.ts";

/** The nine listings and the single event. On the scoped listings the path alone decides the scope. */
export const events = new Hono<AppEnv>()
  .get("/query", asReader, valid("query", FilteredPageQuery), (c) => {
    const query = c.req.valid("query");
    return answerListing(c, scopeOfFilters(query), query);
  })
  .get("/query/inventory", asReader, valid("query", PageQuery), (c) =>
    answerListing(c, ["inventory"], c.req.valid("query")),
  )
  .get("/query/inventory/:project", asReader, valid("query", PageQuery), (c) =>
    answerListing(c, ["inventory", c.req.param("project")], c.req.valid("query")),
  )
  .get("/query/inventory/:project/:application", asReader, valid("query", PageQuery), (c) => {
    const { project, application } = c.req.param();
    return answerListing(c, ["inventory", project, application], c.req.valid("query"));
  })
  .get("/query/inventory/:project/:application/:version", asReader, valid("query", PageQuery), (c) => {
    const { project, application, version } = c.req.param();
    return answerListing(c, ["inventory", project, application, version], c.req.valid("query"));
  })
  .get("/query/project", asReader, valid("query", PageQuery), (c) => answerListing(c, ["state"], c.req.valid("query")))
  .get("/query/project/:project", asReader, valid("query", PageQuery), (c) =>
    answerListing(c, ["state", c.req.param("project")], c.req.valid("query")),
  )
  .get("/query/project/:project/:environment", asReader, valid("query", PageQuery), (c) => {
    const { project, environment } = c.req.param();
    return answerListing(c, ["state", project, environment], c.req.valid("query"));
  })
  .get("/query/project/:project/:environment/deployment", asReader, valid("query", DeploymentPageQuery), (c) => {
    const { project, environment } = c.req.param();
    const query = c.req.valid("query");
    return answerListing(c, ["state", project, environment, query.deployment], query);
  })
  .get("/:id", asReader, async (c) => {
    const { db } = c.get("context");
    const row = await getEvent(db, c.get("reader"), c.req.param("id"));
    return answerEvent(c, row, db.bookmark());
  });
