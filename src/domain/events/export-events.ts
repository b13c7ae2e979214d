import type { Database } from "../../store/database.ts";
import { listEventsById, type EventRow } from "../../store/events/event-rows.ts";
import { WHOLE_EVENTS, type PageColumns, type PageRow } from "../../store/events/page-columns.ts";
import {
  fetchPageAfter,
  fetchPageBefore,
  MAX_SCANNED_IN_STREAM,
  MAX_STREAM_QUERIES,
  type Cursor,
  type ListingQuery,
} from "./fetch-page.ts";
import { readInParts } from "./read-in-parts.ts";

/** What an export reads of each event. */
export interface EventSource<Row extends EventRow> {
  columns: PageColumns<PageRow<Row>>;
  /** Reads the events that the query of a page leaves out. */
  listById: (db: Database, ids: number[]) => Promise<Row[]>;
}

export const EVENTS: EventSource<EventRow> = { columns: WHOLE_EVENTS, listById: listEventsById };

/**
 * Yields the whole listing from its cursor on, up to `limit` events, page by page. Large pages come part by part. The
 * newest event comes first. With `page_after`, the oldest event comes first, and the last event is the newest one at
 * the time of the last query. With filters, a page may be empty.
 * @throws Error if the listing needs more than `MAX_STREAM_QUERIES` queries. The response then breaks off.
 */
export async function* exportEvents<Row extends EventRow>(
  db: Database,
  listing: ListingQuery,
  { columns, listById }: EventSource<Row>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row[]> {
  const count = countQueries();
  let cursor: Cursor | undefined;
  let left = limit;
  do {
    const query = { ...listing.query, ...cursor, page_size: Math.min(listing.query.page_size, left) };
    count();
    const page = await fetchPage(db, columns, { ...listing, query });
    yield* readInParts(page.rows, (ids) => {
      count();
      return listById(db, ids);
    });
    left -= page.rows.length;
    cursor = page.next;
  } while (cursor !== undefined && left > 0);
}

function countQueries(): () => void {
  let queries = 0;
  return () => {
    queries += 1;
    if (queries > MAX_STREAM_QUERIES) throw new Error(`The listing needs more than ${MAX_STREAM_QUERIES} queries`);
  };
}

async function fetchPage<Row extends EventRow>(
  db: Database,
  columns: PageColumns<PageRow<Row>>,
  listing: ListingQuery,
): Promise<{ rows: PageRow<Row>[]; next: Cursor | undefined }> {
  const bounds = { maxScanned: MAX_SCANNED_IN_STREAM };
  const { page_after } = listing.query;
  if (page_after === undefined) {
    const { rows = [], next = 0 } = (await fetchPageBefore(db, columns, listing, bounds)) ?? {};
    return { rows, next: next === 0 ? undefined : { page_from: `${next}` } };
  }
  const { rows, last, isLast } = await fetchPageAfter(db, columns, listing, page_after, bounds);
  return { rows, next: isLast ? undefined : { page_after: last } };
}
