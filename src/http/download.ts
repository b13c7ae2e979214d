import type { Context as HonoContext } from "hono";
import { exportEvents, type EventSource } from "../domain/events/export-events.ts";
import type { ListingQuery } from "../domain/events/listing-query.ts";
import type { EventRow } from "../store/events/event-rows.ts";
import type { AppEnv } from "./app-env.ts";
import { attachment } from "./attachment.ts";
import { noStoreHeaders } from "./caching-headers.ts";
import { onReplica } from "./read-replica.ts";
import { readLimit } from "./stream-parameters.ts";
import { awaitFirst, toReadableStream } from "./streaming-body.ts";

/** How a listing becomes a file: its events are read and written part by part. */
export interface DownloadFormat<Row extends EventRow = EventRow> {
  contentType: string;
  /** The end of the file name. */
  extension: string;
  /** The text before the first event. */
  head: string;
  source: EventSource<Row>;
  write: (rows: Row[]) => string;
}

/** Responds with a whole listing as a file. A HEAD request costs no query, because a stream has no ETag. */
export async function respondWithDownload<Row extends EventRow>(
  c: HonoContext<AppEnv>,
  listing: ListingQuery,
  format: DownloadFormat<Row>,
): Promise<Response> {
  const limit = readLimit(listing.query);
  const headers = {
    "Content-Type": format.contentType,
    "Content-Disposition": attachment(listing.scope, format.extension),
  };
  if (c.req.method === "HEAD") return c.body(null, 200, { ...noStoreHeaders(null), ...headers });
  const { result: texts, bookmark } = await onReplica(c, (db) =>
    awaitFirst(serialize(exportEvents({ ...c.get("context"), db }, listing, format.source, limit), format)),
  );
  return c.body(toReadableStream(c, texts, new AbortController()), 200, { ...noStoreHeaders(bookmark), ...headers });
}

async function* serialize<Row extends EventRow>(
  parts: AsyncGenerator<Row[]>,
  format: DownloadFormat<Row>,
): AsyncGenerator<string> {
  let head = format.head;
  for await (const rows of parts) {
    yield head + format.write(rows);
    head = "";
  }
}
