import type { Context as HonoContext } from "hono";
import { exportEvents } from "../domain/events/export-events.ts";
import type { DownloadFormat } from "./formats/download-formats.ts";
import type { ListingQuery } from "../domain/events/fetch-page.ts";
import type { EventRow } from "../store/events/event-rows.ts";
import type { AppEnv } from "./app-env.ts";
import { attachment } from "./attachment.ts";
import { noStoreHeaders } from "./caching-headers.ts";
import { onReplica } from "./read-replica.ts";
import { readLimit } from "./stream-parameters.ts";
import { awaitFirst, toReadableStream } from "./streaming-body.ts";

/** A whole listing, in pieces. For HEAD D1 is not asked: a stream has no validators. */
export async function respondWithDownload(
  c: HonoContext<AppEnv>,
  sought: ListingQuery,
  form: DownloadFormat,
): Promise<Response> {
  const limit = readLimit(sought.query);
  const headers = {
    "Content-Type": form.contentType,
    "Content-Disposition": attachment(sought.scope, form.extension),
  };
  if (c.req.method === "HEAD") return c.body(null, 200, { ...noStoreHeaders(null), ...headers });
  const { result: texts, bookmark } = await onReplica(c, (db) =>
    awaitFirst(written(exportEvents({ db }, sought, limit), form)),
  );
  return c.body(toReadableStream(c, texts, new AbortController()), 200, { ...noStoreHeaders(bookmark), ...headers });
}

async function* written(pages: AsyncGenerator<EventRow[]>, form: DownloadFormat): AsyncGenerator<string> {
  let head = form.head;
  for await (const rows of pages) {
    yield head + form.write(rows);
    head = "";
  }
}
