import type { Context as HonoContext, TypedResponse } from "hono";
import { listEvents, type Listing } from "../../domain/events/list-events.ts";
import type { AppEnv } from "../../http/app-env.ts";
import { privateCacheHeaders } from "../../http/caching-headers.ts";
import { matchesAny, parseTags, respondNotModified } from "../../http/entity-tags.ts";
import { onReplica } from "../../http/read-replica.ts";
import { awaitFirst, toReadableStream } from "../../http/streaming-body.ts";
import type { Event } from "../../schemas/event.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { pageHeaders } from "./page-headers.ts";

/** Responds with a page as this reader sees it, or with a 304 if the query finds that the reader's copy is current. */
export async function respondWithPage(c: HonoContext<AppEnv>, listing: Listing, mediaType: string) {
  const ifNoneMatch = c.req.header("If-None-Match");
  const { result: page, bookmark } = await onReplica(c, (db) =>
    listEvents({ ...c.get("context"), db }, listing, parseTags(ifNoneMatch)),
  );
  const headers = pageHeaders(page, c.req.url, bookmark, listing.query.page_after !== undefined);
  if (page.text === undefined || matchesAny(ifNoneMatch)) return respondNotModified(c, headers);
  headers["Content-Type"] = mediaType;
  if (typeof page.text === "string") return typedJson<Event[]>(c, page.text, headers);
  if (c.req.method === "HEAD") return typedJson<Event[]>(c, "", headers); // no part is read, because a HEAD response has no body
  return typedJson<Event[]>(c, toReadableStream(c, await awaitFirst(page.text), new AbortController()), headers);
}

/** One event, in the same shape as in a listing. */
export function respondWithEvent(c: HonoContext<AppEnv>, { json }: EventRow, bookmark: string | null) {
  return typedJson<Event>(c, json, { ...privateCacheHeaders(bookmark), "Content-Type": "application/json" });
}

/** A response with the JSON that is stored. `Body` is the type that the typed client sees. */
function typedJson<Body>(c: HonoContext<AppEnv>, body: string | ReadableStream, headers: Record<string, string>) {
  const response: Response = c.body(body, 200, headers);
  return response as Response & TypedResponse<Body, 200, "json">;
}
