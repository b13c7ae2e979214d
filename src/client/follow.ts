import type { Event } from "../schemas/event.ts";
import { type Connection, isLowerId, type Page, type PageRequest, readCursor, readPage } from "./read-page.ts";
import { type Clock, withRetries } from "./retry.ts";
import { TidingsError } from "./tidings-error.ts";

/** The time between polls if neither the caller nor the service sets one. */
const POLL_SECONDS = 2;

/** The shortest time between two polls. A smaller `pollSeconds` or `Retry-After` is ignored. */
const MIN_POLL_SECONDS = 0.1;

export interface FollowQuery {
  url: string;
  after: string;
  pageSize: number;
  /** The time between polls. If undefined, the service's `Retry-After` counts. */
  pollSeconds: number | undefined;
}

/**
 * The events after an ID, oldest first, one page for each poll, without end. An empty page means that no more events
 * exist now. The next poll follows without a pause only if the last response moved the cursor, so no response can cause
 * a busy loop.
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

/** `Retry-After: 0` means that there are more events. If the cursor did not move nevertheless, the default counts. */
function pauseSeconds(pollSeconds: number | undefined, { retryAfterSeconds }: Page): number {
  const seconds = pollSeconds ?? (retryAfterSeconds || POLL_SECONDS);
  return seconds >= MIN_POLL_SECONDS ? seconds : MIN_POLL_SECONDS; // also for NaN
}

/** With filters, a page that is not the last may be short or empty, so `Retry-After` decides if it is present. */
function hasMoreEvents({ events, retryAfterSeconds }: Page, pageSize: number): boolean {
  return retryAfterSeconds === undefined ? events?.length === pageSize : retryAfterSeconds === 0;
}

function nextRequest(current: PageRequest, { events, next, tag, bookmark }: Page): PageRequest {
  if (events === undefined) return { ...current, bookmark };
  if (next === undefined) throw new TidingsError(`${current.url} returned no next link.`, { status: 200 });
  // After an empty page the URL stays the same. Only then does the page's entity tag belong to the next URL.
  return { url: next, bookmark, tag: events.length === 0 ? tag : undefined };
}

function higherId(one: string, other: string): string {
  return isLowerId(one, other) ? other : one;
}
