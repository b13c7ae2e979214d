import type { Context as HonoContext, TypedResponse } from "hono";
import { eventJson } from "../../schemas/event-json.ts";
import { listEvents, type Listing } from "../../domain/events/list-events.ts";
import type { Event } from "../../schemas/event.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { formatTag, knownTags, matchesAny } from "../../http/entity-tags.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { privateCacheHeaders } from "../../http/caching-headers.ts";
import { nextLink } from "../next-link.ts";
import { onReplica } from "../../http/read-replica.ts";
import { awaitFirst, toReadableStream } from "../../http/streaming-body.ts";

/** How long a follower who has seen everything shall wait before it asks again. */
const POLL_SECONDS = 2;

/** A page as this reader sees it, or 304 for a copy that is still right. */
export async function respondWithPage(c: HonoContext<AppEnv>, listing: Listing, mediaType: string) {
  const { copies, edge, background } = c.get("context");
  const ifNoneMatch = c.req.header("If-None-Match");
  const known = knownTags(ifNoneMatch);
  const { result: page, bookmark } = await onReplica(c, (db) =>
    listEvents({ db, copies, edge, background }, listing, known),
  );
  const headers: Record<string, string> = {
    ...privateCacheHeaders(bookmark ?? page.bookmark, page.isFixed),
    ETag: formatTag(page.tag),
  };
  if (page.next !== undefined) headers["Link"] = nextLink(c.req.url, page.next);
  if (listing.query.page_after !== undefined) headers["Retry-After"] = page.isLast ? `${POLL_SECONDS}` : "0";
  if (page.text === undefined || matchesAny(ifNoneMatch)) return c.body(null, 304, headers);
  headers["Content-Type"] = mediaType;
  if (typeof page.text === "string") return typed<Event[]>(c, page.text, headers);
  if (c.req.method === "HEAD") return typed<Event[]>(c, "", headers); // the parts are read for a body alone
  return typed<Event[]>(c, toReadableStream(c, await awaitFirst(page.text), new AbortController()), headers);
}

/** One event, in the same shape as in a listing. */
export function respondWithEvent(c: HonoContext<AppEnv>, row: EventRow, bookmark: string | null) {
  return typed<Event>(c, eventJson(row), { ...privateCacheHeaders(bookmark), "Content-Type": "application/json" });
}

/** For the typed client: an answer whose JSON `eventJson` made, in the shape that `Body` says. */
function typed<Body>(c: HonoContext<AppEnv>, body: string | ReadableStream, headers: Record<string, string>) {
  const response: Response = c.body(body, 200, headers);
  return response as Response & TypedResponse<Body, 200, "json">;
}
