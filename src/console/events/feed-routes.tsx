import { type Context as HonoContext, Hono } from "hono";
import type { z } from "zod";
import { browseEvents } from "../../domain/events/browse-events.ts";
import { CSV } from "../../http/formats/csv.ts";
import { NDJSON } from "../../http/formats/json-formats.ts";
import type { Scope } from "../../domain/access/scope-path.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { respondWithDownload, type DownloadFormat } from "../../http/download.ts";
import { onReplica } from "../../http/read-replica.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { validate } from "../../http/middleware/validate.ts";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../schemas/page.ts";
import { FeedQuery } from "./feed-query.ts";
import { viewUrl } from "../shared/page-urls.ts";
import { LIVE_ARRIVAL_POLICY } from "../shared/security-headers.ts";
import { FeedPage } from "./feed-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

const validQuery = validate("query", FeedQuery);

/**
 * Has a byte order mark, because without it Excel does not read a CSV as UTF-8. The API's CSV, for programs, has none.
 */
const CSV_FOR_EXCEL: DownloadFormat = { ...CSV, head: `\uFEFF${CSV.head}` };

/** The feed of each scope. The path names the scope, and the query has the filters, the cursor and the format. */
export const feedRoutes = new Hono<AppEnv>()
  .get("/", requireReader, validQuery, (c) => respondWithFeed(c, ["everything"], c.req.valid("query")))
  .get("/inventory", requireReader, validQuery, (c) => respondWithFeed(c, ["inventory"], c.req.valid("query")))
  .get("/inventory/:project/:application?/:version?", requireReader, validQuery, (c) => {
    const { project, application, version } = c.req.param();
    return respondWithFeed(c, ["inventory", ...present(project, application, version)], c.req.valid("query"));
  })
  .get("/project", requireReader, validQuery, (c) => respondWithFeed(c, ["state"], c.req.valid("query")))
  .get("/project/:project/:environment?/:deployment?", requireReader, validQuery, (c) => {
    const { project, environment, deployment } = c.req.param();
    return respondWithFeed(c, ["state", ...present(project, environment, deployment)], c.req.valid("query"));
  });

function present(...names: (string | undefined)[]): string[] {
  return names.filter((name) => name !== undefined);
}

/**
 * Responds with a page or, if the query has `as`, with the whole listing as a download, because a link cannot set
 * `Accept`.
 */
async function respondWithFeed(c: HonoContext<AppEnv>, scope: Scope, { as, query }: z.output<typeof FeedQuery>) {
  const { config } = c.get("context");
  const reader = c.get("reader");
  if (as !== undefined) {
    const listing = { reader, scope, query: { ...query, page_size: query.page_size ?? MAX_PAGE_SIZE } };
    return respondWithDownload(c, listing, { csv: CSV_FOR_EXCEL, ndjson: NDJSON }[as]);
  }
  const listing = { reader, scope, query: { ...query, page_size: query.page_size ?? DEFAULT_PAGE_SIZE } };
  const { result: page } = await onReplica(c, (db) => browseEvents({ ...c.get("context"), db }, listing));
  const url = new URL(c.req.url);
  // If nothing is newer, redirects to the URL without a cursor, because that URL shows a full newest page.
  if (query.page_after !== undefined && page.newer === undefined) return c.redirect(viewUrl(url, {}), 303);
  return renderPage(
    c,
    <FeedPage origin={config.publicUrl ?? url.origin} listing={listing} page={page} />,
    200,
    page.newest === undefined ? {} : LIVE_ARRIVAL_POLICY,
  );
}
