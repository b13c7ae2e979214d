import type { Context as HonoContext } from "hono";
import { eventJson } from "../../schemas/event-json.ts";
import type { ListingQuery } from "../../domain/events/fetch-page.ts";
import { watchEvents, type WatchedEvents } from "../../domain/events/watch-events.ts";
import type { Log } from "../../lib/log.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { noStoreHeaders } from "../../http/caching-headers.ts";
import { onReplica } from "../../http/read-replica.ts";
import { readLastEventId, readLimit, refusePageFrom } from "../../http/stream-parameters.ts";
import { awaitFirst, toReadableStream } from "../../http/streaming-body.ts";

/** Milliseconds to wait before a client comes back: from the first up to the sum. */
const RETRY_MS = [1_000, 2_000] as const;

/** What happens, as it happens, as server-sent events. WHATWG HTML, "Server-sent events". For HEAD D1 is not asked. */
export async function respondWithLiveStream(c: HonoContext<AppEnv>, sought: ListingQuery): Promise<Response> {
  refusePageFrom(sought.query);
  const limit = readLimit(sought.query);
  const after = readLastEventId(c, sought.query) ?? sought.query.page_after;
  if (c.req.method === "HEAD") return c.body(null, 200, liveHeaders(null));
  const context = c.get("context");
  const log: Log = (line) => context.log({ ...line, request_id: c.get("requestId") });
  const gone = new AbortController();
  const retryMs = Math.round(RETRY_MS[0] + context.random() * RETRY_MS[1]);
  const { result: texts, bookmark } = await onReplica(c, (db) =>
    awaitFirst(written(watchEvents({ ...context, db, log }, sought, { after, limit, signal: gone.signal }), retryMs)),
  );
  return c.body(toReadableStream(c, texts, gone), 200, liveHeaders(bookmark));
}

function liveHeaders(bookmark: string | null): Record<string, string> {
  return {
    ...noStoreHeaders(bookmark),
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "private, no-store, no-transform", // what is compressed on the way is held back on the way
    "X-Accel-Buffering": "no", // nginx
  };
}

async function* written(watched: AsyncGenerator<WatchedEvents>, retryMs: number): AsyncGenerator<string> {
  let head = `retry: ${retryMs}\n`;
  for await (const seen of watched) {
    yield head + blocksOf(seen);
    head = "";
  }
}

/** The JSON has no line breaks of its own. */
function blocksOf({ rows, last }: WatchedEvents): string {
  const events = rows.map((row) => `id: ${row.id}\ndata: ${eventJson(row)}\n\n`).join("");
  return `${rows.at(-1)?.id}` === last ? events : events + positionAt(last);
}

/**
 * How far the stream has come, as an event of its own type, which `onmessage` does not hear. With its empty `data` it is
 * dispatched, so every client remembers the ID; many forget an ID that comes without data.
 */
function positionAt(last: string): string {
  return `event: position\nid: ${last}\ndata:\n\n`;
}
