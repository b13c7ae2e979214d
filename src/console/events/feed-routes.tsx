import { type Context as HonoContext, Hono } from "hono";
import type { z } from "zod";
import { browseEvents } from "../../domain/events/browse-events.ts";
import { CSV } from "../../http/formats/csv.ts";
import { NDJSON } from "../../http/formats/json-formats.ts";
import type { Scope } from "../../domain/access/scope.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { respondWithDownload, type DownloadFormat } from "../../http/download.ts";
import { onReplica } from "../../http/read-replica.ts";
import { requireReader } from "../../http/middleware/require-access.ts";
import { validate } from "../../http/middleware/validate.ts";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../schemas/page.ts";
import { FeedQuery } from "./feed-query.ts";
import { viewUrl } from "../shared/place-url.ts";
import { WITH_ARRIVAL } from "../shared/security-headers.ts";
import { FeedPage } from "./feed-page.tsx";
import { renderPage } from "../shared/page-context.tsx";

const asked = validate("query", FeedQuery);

/** Excel takes a file for its country's legacy encoding unless a byte order mark says that it is UTF-8. Programs ask the API, whose CSV has none. */
const CSV_FOR_EXCEL: DownloadFormat = { ...CSV, head: `\uFEFF${CSV.head}` };

/** What happened, in each place that events lie in. The path is the place, all else is in the query. */
export const feed = new Hono<AppEnv>()
  .get("/", requireReader, asked, (c) => answerFeed(c, ["everything"], c.req.valid("query")))
  .get("/inventory", requireReader, asked, (c) => answerFeed(c, ["inventory"], c.req.valid("query")))
  .get("/inventory/:project/:application?/:version?", requireReader, asked, (c) => {
    const { project, application, version } = c.req.param();
    return answerFeed(c, ["inventory", ...named(project, application, version)], c.req.valid("query"));
  })
  .get("/project", requireReader, asked, (c) => answerFeed(c, ["state"], c.req.valid("query")))
  .get("/project/:project/:environment?/:deployment?", requireReader, asked, (c) => {
    const { project, environment, deployment } = c.req.param();
    return answerFeed(c, ["state", ...named(project, environment, deployment)], c.req.valid("query"));
  });

function named(...names: (string | undefined)[]): string[] {
  return names.filter((name) => name !== undefined);
}

/** A page, or the whole of the listing as a download: a link can't ask for that by `Accept`. */
async function answerFeed(c: HonoContext<AppEnv>, scope: Scope, { as, query }: z.output<typeof FeedQuery>) {
  const { config } = c.get("context");
  const reader = c.get("reader");
  if (as !== undefined) {
    const whole = { reader, scope, query: { ...query, page_size: query.page_size ?? MAX_PAGE_SIZE } };
    return respondWithDownload(c, whole, { csv: CSV_FOR_EXCEL, ndjson: NDJSON }[as]);
  }
  const sought = { reader, scope, query: { ...query, page_size: query.page_size ?? DEFAULT_PAGE_SIZE } };
  const { result: page } = await onReplica(c, (db) => browseEvents(db, sought));
  const url = new URL(c.req.url);
  // The newest events are a page of their own, full and with an address that stays the newest.
  if (query.page_after !== undefined && page.newer === undefined) return c.redirect(viewUrl(url, {}), 303);
  return renderPage(
    c,
    <FeedPage origin={config.publicUrl ?? url.origin} sought={sought} page={page} />,
    200,
    page.newest === undefined ? {} : WITH_ARRIVAL,
  );
}
