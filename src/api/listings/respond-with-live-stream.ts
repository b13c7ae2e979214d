import type { Context as HonoContext } from "hono";
import type { ListingQuery } from "../../domain/events/listing-query.ts";
import { watchEvents, type WatchedEvents } from "../../domain/events/watch-events.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { noStoreHeaders } from "../../http/caching-headers.ts";
import { onReplica } from "../../http/read-replica.ts";
import { readLastEventId, readLimit, refusePageFrom } from "../../http/stream-parameters.ts";
import { awaitFirst, toReadableStream } from "../../http/streaming-body.ts";
import type { Log } from "../../lib/log.ts";

/** A client waits a random time between these before it connects again, so that clients do not all come at once. */
const RECONNECT_MS = { min: 1_000, max: 3_000 };

/** Responds with new events as server-sent events. WHATWG HTML, "Server-sent events". A HEAD request costs no query. */
export async function respondWithLiveStream(c: HonoContext<AppEnv>, listing: ListingQuery): Promise<Response> {
  refusePageFrom(listing.query);
  const limit = readLimit(listing.query);
  const after = readLastEventId(c, listing.query) ?? listing.query.page_after;
  if (c.req.method === "HEAD") return c.body(null, 200, liveHeaders(null));
  const context = c.get("context");
  const log: Log = (line) => context.log({ ...line, request_id: c.get("requestId") });
  const clientGone = new AbortController();
  const reconnectMs = Math.round(RECONNECT_MS.min + context.random() * (RECONNECT_MS.max - RECONNECT_MS.min));
  const { result: texts, bookmark } = await onReplica(c, (db) => {
    const watched = watchEvents({ ...context, db, log }, listing, { after, limit, signal: clientGone.signal });
    return awaitFirst(serialize(watched, reconnectMs));
  });
  return c.body(toReadableStream(c, texts, clientGone), 200, liveHeaders(bookmark));
}

function liveHeaders(bookmark: string | null): Record<string, string> {
  return {
    ...noStoreHeaders(bookmark),
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "private, no-store, no-transform", // a proxy that compresses would buffer the events
    "X-Accel-Buffering": "no", // nginx must not buffer either
  };
}

async function* serialize(watched: AsyncGenerator<WatchedEvents>, reconnectMs: number): AsyncGenerator<string> {
  let head = `retry: ${reconnectMs}\n`;
  for await (const part of watched) {
    yield head + toBlocks(part);
    head = "";
  }
}

/** The stored JSON has no line breaks, which would end the `data` field. */
function toBlocks({ rows, last }: WatchedEvents): string {
  const events = rows.map(({ id, json }) => `id: ${id}\ndata: ${json}\n\n`).join("");
  return `${rows.at(-1)?.id}` === last ? events : events + positionBlock(last);
}

/**
 * The position of the stream, as an event of the type `position`, which `onmessage` ignores. Its `data` line is empty
 * but present, because many clients forget an ID that comes without data.
 */
function positionBlock(last: string): string {
  return `event: position\nid: ${last}\ndata:\n\n`;
}
