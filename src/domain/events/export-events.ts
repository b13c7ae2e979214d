import type { Database } from "../../store/database.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { lookAfter, lookBefore, type Cursor, type Sought } from "./look.ts";
import { MOST_LOOKED_AT_IN_STREAM, MOST_QUERIES } from "./stream-bounds.ts";

/**
 * A whole listing from its cursor on, page by page, up to `limit` events: newest first, or after an ID, oldest first, up
 * to what is there when it gets there. With filters a page may be empty.
 * @throws Error where the listing goes on and D1 must not be asked any more.
 */
export async function* exportEvents(
  { db }: { db: Database },
  sought: Sought,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<EventRow[]> {
  let cursor: Cursor | undefined;
  let left = limit;
  for (let queries = 0; queries < MOST_QUERIES; queries++) {
    const query = { ...sought.query, ...cursor, page_size: Math.min(sought.query.page_size, left) };
    const { rows, next } = await look(db, { ...sought, query });
    yield rows;
    left -= rows.length;
    if (next === undefined || left === 0) return;
    cursor = next;
  }
  throw new Error(`The listing goes on, and D1 has been asked ${MOST_QUERIES} times`);
}

async function look(db: Database, sought: Sought): Promise<{ rows: EventRow[]; next: Cursor | undefined }> {
  const bounds = { mostLookedAt: MOST_LOOKED_AT_IN_STREAM };
  const { page_after } = sought.query;
  if (page_after === undefined) {
    const { rows = [], next = 0 } = (await lookBefore(db, sought, bounds)) ?? {};
    return { rows, next: next === 0 ? undefined : { page_from: `${next}` } };
  }
  const { rows, last, isLast } = await lookAfter(db, sought, page_after, bounds);
  return { rows, next: isLast ? undefined : { page_after: last } };
}
