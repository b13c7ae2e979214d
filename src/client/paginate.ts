import type { Event } from "../schemas/event.ts";
import { type Connection, isLowerId, type PageRequest, readCursor, readPage } from "./read-page.ts";
import { type Clock, withRetries } from "./retry.ts";
import { TidingsError } from "./tidings-error.ts";

const MAX_RETRIES = 4;

/** Follows the `next` links of a listing, from newer pages to older ones. */
export async function* paginate(deps: Connection & Clock, url: string, signal: AbortSignal): AsyncGenerator<Event[]> {
  for (let request: PageRequest | undefined = { url }; request !== undefined;) {
    const current: PageRequest = request;
    const page = await withRetries(deps, MAX_RETRIES, signal, () => readPage(deps, current, signal));
    yield page.events ?? [];
    request = page.next === undefined ? undefined : { url: olderUrl(current.url, page.next), bookmark: page.bookmark };
  }
}

/**
 * Prevents a loop without end, for example if a proxy repeats a response.
 * @throws TidingsError if the link does not lead to older events
 */
function olderUrl(current: string, next: string): string {
  const [cursor, nextCursor] = [readCursor(current, "page_from"), readCursor(next, "page_from")];
  if (nextCursor !== undefined && (cursor === undefined || isLowerId(nextCursor, cursor))) return next;
  throw new TidingsError(`${current} returned a next link that does not lead to older events.`, { status: 200 });
}
