import type { Database } from "../../store/database.ts";
import { listEventsById, type EventRow } from "../../store/events/event-rows.ts";
import { WHOLE_EVENTS, type PageRow } from "../../store/events/page-columns.ts";
import { fetchPageAfter, fetchPageBefore, type Cursor, type ListingQuery } from "./fetch-page.ts";
import { readInParts } from "./read-in-parts.ts";
import { MAX_SCANNED_IN_STREAM, MAX_QUERIES } from "./stream-bounds.ts";

/**
 * A whole listing from its cursor on, page by page and large pages part by part, up to `limit` events: newest first, or
 * after an ID, oldest first, up to what is there when it gets there. With filters a page may be empty.
 * @throws Error where the listing goes on and D1 must not be asked any more.
 */
export async function* exportEvents(
  { db }: { db: Database },
  sought: ListingQuery,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<EventRow[]> {
  const count = countQueries();
  let cursor: Cursor | undefined;
  let left = limit;
  do {
    const query = { ...sought.query, ...cursor, page_size: Math.min(sought.query.page_size, left) };
    count();
    const page = await fetchPage(db, { ...sought, query });
    yield* readInParts(page.rows, (ids) => {
      count();
      return listEventsById(db, ids);
    });
    left -= page.rows.length;
    cursor = page.next;
  } while (cursor !== undefined && left > 0);
}

function countQueries(): () => void {
  let queries = 0;
  return () => {
    queries += 1;
    if (queries > MAX_QUERIES) throw new Error(`The listing goes on, and D1 has been asked ${MAX_QUERIES} times`);
  };
}

async function fetchPage(db: Database, sought: ListingQuery): Promise<{ rows: PageRow[]; next: Cursor | undefined }> {
  const bounds = { maxScanned: MAX_SCANNED_IN_STREAM };
  const { page_after } = sought.query;
  if (page_after === undefined) {
    const { rows = [], next = 0 } = (await fetchPageBefore(db, WHOLE_EVENTS, sought, bounds)) ?? {};
    return { rows, next: next === 0 ? undefined : { page_from: `${next}` } };
  }
  const { rows, last, isLast } = await fetchPageAfter(db, WHOLE_EVENTS, sought, page_after, bounds);
  return { rows, next: isLast ? undefined : { page_after: last } };
}
