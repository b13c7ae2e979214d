import type { Event } from "../schemas/event.ts";

/** Events one by one, or page by page. Each loop over it starts anew, and leaves nothing behind when it is left. */
export interface EventStream extends AsyncIterable<Event> {
  /** With filters a page may be short, or empty, where older ones are there still. */
  pages(): AsyncIterable<Event[]>;
}

/** @param outer ends each loop by throwing the signal's reason. */
export function eventStream(
  pagesUntil: (signal: AbortSignal) => AsyncGenerator<Event[]>,
  outer: AbortSignal | undefined,
): EventStream {
  return {
    [Symbol.asyncIterator]: () => stoppable((signal) => oneByOne(pagesUntil(signal), signal), outer),
    pages: () => ({ [Symbol.asyncIterator]: () => stoppable(pagesUntil, outer) }),
  };
}

async function* oneByOne(pages: AsyncGenerator<Event[]>, signal: AbortSignal): AsyncGenerator<Event> {
  for await (const page of pages) {
    for (const event of page) {
      signal.throwIfAborted();
      yield event;
    }
  }
}

/** A generator's own `return` would come after what it waits for; this one ends the wait. */
function stoppable<Item>(
  run: (signal: AbortSignal) => AsyncGenerator<Item>,
  outer: AbortSignal | undefined,
): AsyncIterator<Item> {
  const stop = new AbortController();
  const items = run(outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal]));
  return {
    async next() {
      try {
        return await items.next();
      } catch (error) {
        if (stop.signal.aborted) return { done: true, value: undefined };
        throw error;
      }
    },
    async return() {
      stop.abort();
      return items.return(undefined);
    },
  };
}
