import type { Context as HonoContext } from "hono";
import type { Scope } from "../../domain/access/scope-path.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { respondWithDownload } from "../../http/download.ts";
import { CSV } from "../../http/formats/csv.ts";
import { cloudEventsPage, JSON_PAGE, NDJSON, ndjsonWithOpenings } from "../../http/formats/json-formats.ts";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type PageQuery } from "../../schemas/page.ts";
import { negotiateMediaType } from "./negotiate-media-type.ts";
import { respondWithLiveStream } from "./respond-with-live-stream.ts";
import { respondWithPage } from "./respond-with-page.ts";

/**
 * Responds with the reader's events of `scope` in the format that `Accept` selects: a page, a download or a live
 * stream.
 */
export async function respondWithListing(c: HonoContext<AppEnv>, scope: Scope, query: PageQuery) {
  const mediaType = negotiateMediaType(c.req.header("Accept"));
  const { page_size } = query;
  const page = { reader: c.get("reader"), scope, query: { ...query, page_size: page_size ?? DEFAULT_PAGE_SIZE } };
  const stream = { ...page, query: { ...query, page_size: page_size ?? MAX_PAGE_SIZE } };
  const { config } = c.get("context");
  switch (mediaType) {
    case "application/json":
      return respondWithPage(c, { ...page, format: JSON_PAGE }, mediaType);
    case "application/cloudevents-batch+json":
      return respondWithPage(c, { ...page, format: cloudEventsPage(config.publicUrl) }, mediaType);
    case "application/x-ndjson":
      return hideFromTypedClient(await respondWithDownload(c, stream, NDJSON));
    case "application/x-ndjson; openings=1":
      return hideFromTypedClient(await respondWithDownload(c, stream, ndjsonWithOpenings(config.logKey !== undefined)));
    case "text/csv":
      return hideFromTypedClient(await respondWithDownload(c, stream, CSV));
    case "text/event-stream":
      return hideFromTypedClient(await respondWithLiveStream(c, stream));
  }
}

/** The typed client sends no `Accept`, so it always gets JSON. Its types need not contain the streams. */
function hideFromTypedClient(response: Response) {
  return response as Awaited<ReturnType<typeof respondWithPage>>;
}
