import type { Event } from "../schemas/event.ts";
import { type Connection, isLowerId, type Page, type PageRequest, readCursor, readPage } from "./read-page.ts";
import { type Clock, withRetries } from "./retry.ts";
import { TidingsError } from "./tidings-error.ts";

/** Between polls, if neither the caller nor the service sets an interval. */
const POLL_SECONDS = 2;

/** The shortest time between two polls. A smaller `pollSeconds` or `Retry-After` is ignored. */
const MIN_POLL_SECONDS = 0.1;

export interface FollowQuery {
  url: string;
  after: string;
  pageSize: number;
  /** Between polls. Undefined: the service's `Retry-After`. */
  pollSeconds: number | undefined;
}

/**
 * The events after an ID, oldest first, one page per poll, without end. An empty page means that all events so far were
 * yielded. Polls without a pause only after a response that moved the cursor, so no response can cause a busy loop.
 */
export async function* followPages(
  deps: Connection & Clock,
  { url, after, pageSize, pollSeconds }: FollowQuery,
  signal: AbortSignal,
): AsyncGenerator<Event[]> {
  let request: PageRequest = { url };
  let last = after;
  let furthest = after;
  for (;;) {
    const current = request;
    const page = await withRetries(deps, Infinity, signal, () => readPage(deps, current, signal));
    const events = (page.events ?? []).filter(({ id }) => isLowerId(last, id)); // a proxy may repeat a response
    last = events.at(-1)?.id ?? last;
    request = nextRequest(current, page);
    const position = higherId(last, readCursor(request.url, "page_after") ?? last);
    const hasMore = hasMoreEvents(page, pageSize);
    if (events.length > 0 || !hasMore) yield events;
    if (!hasMore || !isLowerId(furthest, position)) await deps.wait(1000 * pauseSeconds(pollSeconds, page), signal);
    furthest = higherId(furthest, position);
  }
}

/** `Retry-After: 0` means that there are more events. If the cursor did not move all the same, the default applies. */
function pauseSeconds(pollSeconds: number | undefined, { retryAfterSeconds }: Page): number {
  const seconds = pollSeconds ?? (retryAfterSeconds || POLL_SECONDS);
  return seconds >= MIN_POLL_SECONDS ? seconds : MIN_POLL_SECONDS; // also if it is NaN
}

/** With filters a page may be short or empty before the end, so the service's `Retry-After` decides if there is one. */
function hasMoreEvents({ events, retryAfterSeconds }: Page, pageSize: number): boolean {
  return retryAfterSeconds === undefined ? events?.length === pageSize : retryAfterSeconds === 0;
}

function nextRequest(current: PageRequest, { events, next, tag, bookmark }: Page): PageRequest {
  if (events === undefined) return { ...current, bookmark };
  if (next === undefined) throw new TidingsError(`${current.url} returned no next link.`, { status: 200 });
  // The URL of an empty page does not change, so only then is its entity tag one of the next URL.
  return { url: next, bookmark, tag: events.length === 0 ? tag : undefined };
}

function higherId(one: string, other: string): string {
  return isLowerId(one, other) ? other : one;
}
