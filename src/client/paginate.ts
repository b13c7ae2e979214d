import type { Event } from "../schemas/event.ts";
import { cursorOf, isLess } from "./cursors.ts";
import { type Connection, type Place, readPage } from "./page.ts";
import { type Clock, withRetries } from "./retry.ts";
import { TidingsError } from "./tidings-error.ts";

const MAX_RETRIES = 4;

/** Page by page along the `next` links, newest first, to the first event. */
export async function* pagesBackwards(
  world: Connection & Clock,
  url: string,
  signal: AbortSignal,
): AsyncGenerator<Event[]> {
  for (let place: Place | undefined = { url }; place !== undefined;) {
    const asked: Place = place;
    const page = await withRetries(world, MAX_RETRIES, signal, () => readPage(world, asked, signal));
    yield page.events ?? [];
    place = page.next === undefined ? undefined : { url: furtherBack(asked.url, page.next), bookmark: page.bookmark };
  }
}

/** @throws TidingsError for a link that leads no further back, as of an answer that is repeated on the way: it would never end. */
function furtherBack(asked: string, next: string): string {
  const [from, onwards] = [cursorOf(asked, "page_from"), cursorOf(next, "page_from")];
  if (onwards !== undefined && (from === undefined || isLess(onwards, from))) return next;
  throw new TidingsError(`${asked} was answered with a next link that leads no further back.`, { status: 200 });
}
