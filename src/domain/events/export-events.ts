import type { Context } from "../../context.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { WHOLE_EVENTS, type PageColumns, type PageRow } from "../../store/events/page-columns.ts";
import { fetchPageAfter, fetchPageBefore } from "./fetch-page.ts";
import { MAX_SCANNED_IN_STREAM, type Cursor, type ListingQuery } from "./listing-query.ts";
import type { Reading } from "../archive/reading.ts";
import { listEventsById } from "./events-by-id.ts";
import { readInParts } from "./read-in-parts.ts";
import { isSpent, MAX_STREAM_GETS, MAX_STREAM_QUERIES } from "./stream-limits.ts";

/** What an export reads of each event. */
export interface EventSource<Row extends EventRow> {
  columns: PageColumns<PageRow<Row>>;
  /** Reads the events that the query of a page leaves out. */
  listById: (reading: Reading, ids: number[]) => Promise<Row[]>;
  /** Adds what the archive does not have to its events. Returns undefined if the rows lack nothing. */
  complete?: (reading: Reading, rows: Row[]) => Promise<Row[]> | undefined;
}

export const EVENTS: EventSource<EventRow> = { columns: WHOLE_EVENTS, listById: listEventsById };

/**
 * Yields the whole listing from its cursor on, up to `limit` events, page by page. Large pages come part by part. The
 * newest event comes first. With `page_after`, the oldest event comes first, and the last event is the newest one at
 * the time of the last query. With filters, a page may be empty.
 * @throws Error if the listing needs more queries or more of the archive than one invocation may read. The response then
 * breaks off.
 */
export async function* exportEvents<Row extends EventRow>(
  reading: Reading & Pick<Context, "usage">,
  listing: ListingQuery,
  { columns, listById, complete }: EventSource<Row>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row[]> {
  let cursor: Cursor | undefined;
  let left = limit;
  do {
    const query = { ...listing.query, ...cursor, page_size: Math.min(listing.query.page_size, left) };
    requireRoom(reading);
    const page = await fetchPage(reading, columns, { ...listing, query });
    const parts = readInParts(page.rows, (ids) => {
      requireRoom(reading);
      return listById(reading, ids);
    });
    for await (const part of parts) {
      yield (await complete?.(reading, part)) ?? part;
    }
    left -= page.rows.length;
    cursor = page.next;
  } while (cursor !== undefined && left > 0);
}

function requireRoom({ usage }: Pick<Context, "usage">): void {
  if (!isSpent(usage)) return;
  throw new Error(
    `The listing needs more than ${MAX_STREAM_QUERIES} queries, or more than ${MAX_STREAM_GETS} objects of the archive`,
  );
}

async function fetchPage<Row extends EventRow>(
  reading: Reading,
  columns: PageColumns<PageRow<Row>>,
  listing: ListingQuery,
): Promise<{ rows: PageRow<Row>[]; next: Cursor | undefined }> {
  const bounds = { maxScanned: MAX_SCANNED_IN_STREAM };
  const { page_after } = listing.query;
  if (page_after === undefined) {
    const { rows = [], next = 0 } = (await fetchPageBefore(reading, columns, listing, bounds)) ?? {};
    return { rows, next: next === 0 ? undefined : { page_from: `${next}` } };
  }
  const { rows, last, isLast } = await fetchPageAfter(reading, columns, listing, page_after, bounds);
  return { rows, next: isLast ? undefined : { page_after: last } };
}
