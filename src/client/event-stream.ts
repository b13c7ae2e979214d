import type { Event } from "../schemas/event.ts";

/**
 * Events, one by one or page by page. Each loop starts from the beginning. If you leave a loop, its requests and timers
 * stop.
 *
 * @example
 * for await (const event of stream) console.log(event.id);
 * for await (const page of stream.pages()) await saveAll(page);
 */
export interface EventStream extends AsyncIterable<Event> {
  /** With filters, a page that is not the last may be short or empty. */
  pages(): AsyncIterable<Event[]>;
}

/** @param outer When it aborts, each loop throws the signal's reason. */
export function eventStream(
  pages: (signal: AbortSignal) => AsyncGenerator<Event[]>,
  outer: AbortSignal | undefined,
): EventStream {
  return {
    [Symbol.asyncIterator]: () => stoppable((signal) => flatten(pages(signal), signal), outer),
    pages: () => ({ [Symbol.asyncIterator]: () => stoppable(pages, outer) }),
  };
}

async function* flatten(pages: AsyncGenerator<Event[]>, signal: AbortSignal): AsyncGenerator<Event> {
  for await (const page of pages) {
    for (const event of page) {
      signal.throwIfAborted();
      yield event;
    }
  }
}

/** The `return` of a generator waits for its pending `next`. The `return` of this iterator aborts it. */
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
