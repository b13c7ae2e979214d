import { NEWEST, type FeedRange } from "../../store/events/feed-range.ts";
import { mergeFeeds } from "../../store/events/feeds.ts";
import { mergeFilteredFeeds, type FilteredRange } from "../../store/events/filtered-feeds.ts";
import type { PageColumns } from "../../store/events/page-columns.ts";
import { mapResult, run, type Query } from "../../store/query.ts";
import { readArchivedRows } from "../archive/archived-rows.ts";
import type { Reading } from "../archive/reading.ts";
import { feedRange, MAX_SCANNED, toEventFilter, type FetchOptions, type ListingQuery } from "./listing-query.ts";
import { continueBefore, mergeAfter } from "./merge-with-archive.ts";
import type { PageEnds } from "./page-tags.ts";
import { scanAfter, scanBefore } from "./scan-with-archive.ts";

/** A page before an ID, newest first. Without filters, its bundles of the archive are not read yet. */
export interface LocatedBefore<Row> extends PageEnds {
  /**
   * True if the reader can see an event at or above `page_from`, so that no event can join this page. Only set with
   * `checksForNewer`.
   */
  hasNewer: boolean;
  readRows: () => Promise<Row[]>;
}

/** A page after an ID, oldest first. Without filters, its bundles of the archive are not read yet. */
export interface LocatedAfter<Row> {
  /**
   * `page_after` of the next page. It is the ID of the last scanned event, or this page's own cursor if no event was
   * scanned.
   */
  last: string;
  isLast: boolean;
  readRows: () => Promise<Row[]>;
}

/**
 * Reads what D1 has of a page. The result reads the rest from the archive. That result is undefined if the page's head is
 * `unlessFirstIs`.
 */
export function locateBefore<Row extends { id: number }>(
  reading: Reading,
  columns: PageColumns<Row>,
  { reader, scope, query }: ListingQuery,
  { unlessFirstIs, checksForNewer, maxScanned = MAX_SCANNED }: FetchOptions = {},
): Query<() => Promise<LocatedBefore<Row> | undefined>> {
  const { page_size: size, page_from = NEWEST } = query;
  const range = {
    ...feedRange(reader, scope),
    cursor: { before: page_from },
    limit: size + 1,
    unlessFirstIs,
    checksForNewer,
  };
  const filter = toEventFilter(query);
  return filter === undefined
    ? mergedBefore(reading, columns, range)
    : filteredBefore(reading, columns, { ...range, filter, maxScanned });
}

function mergedBefore<Row extends { id: number }>(
  reading: Reading,
  columns: PageColumns<Row>,
  range: FeedRange,
): Query<() => Promise<LocatedBefore<Row> | undefined>> {
  return mapResult(mergeFeeds(reading.db, range, columns), (hot) => async () => {
    if (hot === undefined) return undefined;
    const merged = await continueBefore(reading, range, { ...hot, ids: hot.rows.map(({ id }) => id) });
    if (merged === undefined) return undefined;
    const { entries, ...ends } = merged;
    const readRows = async () => [
      ...hot.rows.slice(0, range.limit - 1),
      ...(await readArchivedRows(reading, range, entries, columns)),
    ];
    return { ...ends, hasNewer: hot.hasNewer, readRows };
  });
}

function filteredBefore<Row extends { id: number }>(
  reading: Reading,
  columns: PageColumns<Row>,
  range: FilteredRange,
): Query<() => Promise<LocatedBefore<Row> | undefined>> {
  const size = range.limit - 1;
  return mapResult(mergeFilteredFeeds(reading.db, range, columns), (hot) => async () => {
    const page = hot && (await scanBefore(reading, range, hot, columns));
    if (page === undefined) return undefined;
    const { rows, head, hasNewer, isCut, scannedTo = 0 } = page;
    const next = rows.length > size ? (rows[size - 1]?.id ?? 0) : isCut ? scannedTo : 0;
    return { head, next, hasNewer, readRows: async () => rows.slice(0, size) };
  });
}

export async function locateAfter<Row extends { id: number }>(
  reading: Reading,
  columns: PageColumns<Row>,
  { reader, scope, query }: ListingQuery,
  after: string,
  { maxScanned = MAX_SCANNED }: Pick<FetchOptions, "maxScanned"> = {},
): Promise<LocatedAfter<Row>> {
  const { page_size: size } = query;
  const range = { ...feedRange(reader, scope), cursor: { after }, limit: size };
  const filter = toEventFilter(query);
  if (filter !== undefined) {
    const { rows, scannedTo, isCut } = await scanAfter(reading, { ...range, filter, maxScanned }, columns, (next) =>
      run(mergeFilteredFeeds(reading.db, next, columns)),
    );
    const isFull = rows.length === size;
    const last = `${(isFull ? rows.at(-1)?.id : scannedTo) ?? after}`;
    return { last, isLast: !isFull && !isCut, readRows: async () => rows };
  }
  const { ids, readRows } = await mergedAfter(reading, columns, range);
  return { last: `${ids.at(-1) ?? after}`, isLast: ids.length < size, readRows };
}

/** Merges feeds, oldest first. The cursor must be `after`. Bundles of the archive are read only by `readRows`. */
export async function mergedAfter<Row extends { id: number }>(
  reading: Reading,
  columns: PageColumns<Row>,
  range: FeedRange,
): Promise<{ ids: number[]; readRows: () => Promise<Row[]> }> {
  const query = (next: FeedRange) => run(mergeFeeds(reading.db, next, columns));
  const { entries, hot, room } = await mergeAfter(reading, range, query);
  const rows = hot?.rows.slice(0, room) ?? [];
  return {
    ids: [...entries, ...rows].map(({ id }) => id),
    readRows: async () => [...(await readArchivedRows(reading, range, entries, columns)), ...rows],
  };
}
