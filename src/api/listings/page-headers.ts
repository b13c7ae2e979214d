import type { Cursor } from "../../domain/events/listing-query.ts";
import type { Page } from "../../domain/events/list-events.ts";
import { privateCacheHeaders } from "../../http/caching-headers.ts";
import { etagHeader } from "../../http/entity-tags.ts";

/** How long a client should wait before its next request after it has read all events. */
const POLL_SECONDS = 2;

/**
 * The headers of a page, or of its 304. `isFollowing` is true for a page after an ID, because its client polls for
 * more.
 */
export function pageHeaders(page: Page, requestUrl: string, bookmark: string | null, isFollowing: boolean) {
  const headers: Record<string, string> = {
    ...privateCacheHeaders(bookmark ?? page.bookmark, page.isFixed),
    ...etagHeader(page.tag),
  };
  if (page.next !== undefined) headers["Link"] = nextLink(requestUrl, page.next);
  if (isFollowing) headers["Retry-After"] = page.isLast ? `${POLL_SECONDS}` : "0";
  return headers;
}

/**
 * The value of `Link`. It is the URL of the request with the cursor of the next page, so all filters stay. RFC 8288 §3.
 */
export function nextLink(requestUrl: string, cursor: Cursor): string {
  const url = new URL(requestUrl);
  url.searchParams.delete("page_from");
  url.searchParams.delete("page_after");
  for (const [name, id] of Object.entries(cursor)) url.searchParams.set(name, id);
  return `<${url.href}>; rel="next"`;
}
