import { NEWEST, type FeedRange } from "../../store/events/feed-range.ts";
import { listActivityPoints, type ActivityPoint } from "../../store/events/filtered-feeds.ts";
import type { PageColumns } from "../../store/events/page-columns.ts";
import { run, runBatch } from "../../store/query.ts";
import { unlessDeleted } from "../archive/unless-deleted.ts";
import type { Reading } from "../archive/reading.ts";
import { feedRange, MAX_SCANNED, toEventFilter, type FetchOptions, type ListingQuery } from "./listing-query.ts";
import { locateAfter, locateBefore, mergedAfter, type LocatedAfter, type LocatedBefore } from "./locate-page.ts";
import { completePoints } from "./scan-with-archive.ts";

interface HasId {
  id: number;
}

/** The events before an ID, newest first. */
export type PageBefore<Row> = Omit<LocatedBefore<Row>, "readRows"> & { rows: Row[] };

/** The events after an ID, oldest first. */
export type PageAfter<Row> = Omit<LocatedAfter<Row>, "readRows"> & { rows: Row[] };

/**
 * Fetches the page before the cursor. Returns undefined if its head is `unlessFirstIs`.
 * @throws AppError `unavailable` if the page needs the archive, and the archive cannot be read. The same holds for all
 * functions that fetch pages.
 */
export async function fetchPageBefore<Row extends HasId>(
  reading: Reading,
  columns: PageColumns<Row>,
  listing: ListingQuery,
  options: FetchOptions = {},
): Promise<PageBefore<Row> | undefined> {
  return unlessDeleted(async () => {
    const locate = await run(locateBefore(reading, columns, listing, options));
    return withRows(await locate());
  });
}

/**
 * Fetches the newest page and, in the same round trip, activity points for at most `maxPoints` of the newest events.
 */
export async function fetchNewestPage<Row extends HasId>(
  reading: Reading,
  columns: PageColumns<Row>,
  listing: ListingQuery,
  maxPoints: number,
): Promise<[page: PageBefore<Row> | undefined, marks: ActivityPoint[]]> {
  const { reader, scope, query } = listing;
  const filter = toEventFilter(query);
  const range = {
    ...feedRange(reader, scope),
    cursor: { before: NEWEST },
    limit: maxPoints,
    filter: filter ?? {},
    maxScanned: filter === undefined ? maxPoints : MAX_SCANNED,
  };
  return unlessDeleted(async () => {
    const [locate, points] = await runBatch(
      reading.db,
      locateBefore(reading, columns, listing),
      listActivityPoints(reading.db, range),
    );
    const page = await withRows(await locate()); // first: the points need the same bundles, which are then in the cache
    return [page, await completePoints(reading, range, points)];
  });
}

export async function fetchPageAfter<Row extends HasId>(
  reading: Reading,
  columns: PageColumns<Row>,
  listing: ListingQuery,
  after: string,
  options: Pick<FetchOptions, "maxScanned"> = {},
): Promise<PageAfter<Row>> {
  return unlessDeleted(async () => {
    const { readRows, ...page } = await locateAfter(reading, columns, listing, after, options);
    return { ...page, rows: await readRows() };
  });
}

/** Fetches events of feeds, oldest first. The cursor must be `after`. */
export async function fetchMerged<Row extends HasId>(
  reading: Reading,
  columns: PageColumns<Row>,
  range: FeedRange,
): Promise<Row[]> {
  return unlessDeleted(async () => {
    const { readRows } = await mergedAfter(reading, columns, range);
    return readRows();
  });
}

async function withRows<Row>(located: LocatedBefore<Row> | undefined): Promise<PageBefore<Row> | undefined> {
  if (located === undefined) return undefined;
  const { readRows, ...page } = located;
  return { ...page, rows: await readRows() };
}
