import type { Context as HonoContext } from "hono";
import { CSV, NDJSON } from "../../http/formats/download-formats.ts";
import { cloudEventsPage, JSON_PAGE } from "../../http/formats/page-formats.ts";
import type { Scope } from "../../domain/access/scope.ts";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type PageQuery } from "../../schemas/page.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { respondWithDownload } from "../../http/download.ts";
import { respondWithLiveStream } from "./respond-with-live-stream.ts";
import { chooseMediaType } from "./media-type.ts";
import { respondWithPage } from "./respond-with-page.ts";

/** What every listing answers: what `scope` holds for this reader, in the form that he wants. */
export async function respondWithListing(c: HonoContext<AppEnv>, scope: Scope, query: PageQuery) {
  const mediaType = chooseMediaType(c.req.header("Accept"));
  const { page_size } = query;
  const page = { reader: c.get("reader"), scope, query: { ...query, page_size: page_size ?? DEFAULT_PAGE_SIZE } };
  const stream = { ...page, query: { ...query, page_size: page_size ?? MAX_PAGE_SIZE } };
  switch (mediaType) {
    case "application/json":
      return respondWithPage(c, { ...page, form: JSON_PAGE }, mediaType);
    case "application/cloudevents-batch+json":
      return respondWithPage(c, { ...page, form: cloudEventsPage(c.get("context").config.publicUrl) }, mediaType);
    case "application/x-ndjson":
      return hideFromTypedClient(await respondWithDownload(c, stream, NDJSON));
    case "text/csv":
      return hideFromTypedClient(await respondWithDownload(c, stream, CSV));
    case "text/event-stream":
      return hideFromTypedClient(await respondWithLiveStream(c, stream));
  }
}

/** The typed client asks for no form and so gets JSON: its types need not know of the streams. */
function hideFromTypedClient(response: Response) {
  return response as Awaited<ReturnType<typeof respondWithPage>>;
}
