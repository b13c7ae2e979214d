import type { Event } from "../schemas/event.ts";
import { cursorOf, isLess } from "./cursors.ts";
import { type Connection, type Page, type Place, readPage } from "./page.ts";
import { type Clock, withRetries } from "./retry.ts";
import { TidingsError } from "./tidings-error.ts";

/** Between polls, where nobody says. */
const POLL_SECONDS = 2;

/** Between polls at least, whoever says otherwise. */
const LEAST_POLL_SECONDS = 0.1;

export interface FollowQuery {
  url: string;
  after: string;
  pageSize: number;
  /** Between polls. Undefined: as the service says. */
  pollSeconds: number | undefined;
}

/**
 * What comes after an ID, oldest first, a page for each poll, for ever. An empty page: all there is was given. It asks again
 * without a pause only where an answer has brought it on, so nothing that an answer says makes it ask all the time.
 */
export async function* followPages(
  world: Connection & Clock,
  { url, after, pageSize, pollSeconds }: FollowQuery,
  signal: AbortSignal,
): AsyncGenerator<Event[]> {
  let place: Place = { url };
  let last = after;
  let reached = after;
  for (;;) {
    const asked = place;
    const page = await withRetries(world, Infinity, signal, () => readPage(world, asked, signal));
    const events = (page.events ?? []).filter(({ id }) => isLess(last, id)); // something on the way may repeat an answer
    last = events.at(-1)?.id ?? last;
    place = placeAfter(asked, page);
    const end = laterOf(last, cursorOf(place.url, "page_after") ?? last);
    const isMore = isMoreThere(page, pageSize);
    if (events.length > 0 || !isMore) yield events;
    if (!isMore || !isLess(reached, end)) await world.wait(1000 * pauseSeconds(pollSeconds, page), signal);
    reached = laterOf(reached, end);
  }
}

/** "0" says that more is there. Where that did not bring it on, it says nothing of how long to wait. */
function pauseSeconds(pollSeconds: number | undefined, { retryAfterSeconds }: Page): number {
  const seconds = pollSeconds ?? (retryAfterSeconds || POLL_SECONDS);
  return seconds >= LEAST_POLL_SECONDS ? seconds : LEAST_POLL_SECONDS; // also where it is not a number
}

/** With filters a page may be short, or empty, before the end: then only the service knows. */
function isMoreThere({ events, retryAfterSeconds }: Page, pageSize: number): boolean {
  return retryAfterSeconds === undefined ? events?.length === pageSize : retryAfterSeconds === 0;
}

function placeAfter(asked: Place, { events, next, tag, bookmark }: Page): Place {
  if (events === undefined) return { ...asked, bookmark };
  if (next === undefined) throw new TidingsError(`${asked.url} was answered without a next link.`, { status: 200 });
  return { url: next, bookmark, tag: events.length === 0 ? tag : undefined }; // a tag is for the page that was asked
}

function laterOf(one: string, other: string): string {
  return isLess(one, other) ? other : one;
}
