import type { Event } from "../schemas/event.ts";
import { type Connection, type Page, type Place, readPage } from "./page.ts";
import { type Pace, persist } from "./patience.ts";
import { TidingsError } from "./tidings-error.ts";

/** Between polls, where nobody says. */
const POLL_SECONDS = 2;

export interface Following {
  url: string;
  after: string;
  pageSize: number;
  /** Between polls. Undefined: as the service says. */
  pollSeconds: number | undefined;
}

/** What comes after an ID, oldest first, a page for each poll, for ever. An empty page: all there is was given. */
export async function* pagesOn(
  world: Connection & Pace,
  { url, after, pageSize, pollSeconds }: Following,
  signal: AbortSignal,
): AsyncGenerator<Event[]> {
  let place: Place = { url };
  let last = after;
  for (;;) {
    const asked = place;
    const page = await persist(world, Infinity, signal, () => readPage(world, asked, signal));
    const events = (page.events ?? []).filter(({ id }) => isLess(last, id)); // something on the way may repeat an answer
    last = events.at(-1)?.id ?? last;
    place = placeAfter(asked, page);
    const isMore = isMoreThere(page, pageSize);
    if (events.length > 0 || !isMore) yield events;
    if (!isMore) await world.wait((pollSeconds ?? page.retryAfterSeconds ?? POLL_SECONDS) * 1000, signal);
  }
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

/** Decimals without leading zeros, also beyond 2^53. */
function isLess(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}
