import type { SizedPageQuery, PageQuery } from "../../schemas/page.ts";
import type { Database } from "../../store/database.ts";
import { NEWEST, type FeedRange } from "../../store/events/feed-range.ts";
import { mergeFeeds } from "../../store/events/feeds.ts";
import {
  listActivityPoints,
  mergeFilteredFeeds,
  type ActivityPoint,
  type EventFilter,
} from "../../store/events/filtered-feeds.ts";
import type { PageColumns } from "../../store/events/page-columns.ts";
import { run, runBatch, mapResult, type Query } from "../../store/query.ts";
import type { Reader } from "../access/roles.ts";
import { scopePath, type Scope } from "../access/scope-path.ts";
import { readerFeeds } from "../access/visibility.ts";

/**
 * Where a page starts. `page_from`: it has events with lower IDs, newest first. `page_after`: it has events with higher
 * IDs, oldest first.
 */
export type Cursor = { page_from: string } | { page_after: string };

/** A request for a listing, in any format. */
export interface ListingQuery {
  reader: Reader;
  scope: Scope;
  query: SizedPageQuery;
}

interface HasId {
  id: number;
}

/** The maximum number of events that one query of a listing with filters scans. */
export const MAX_SCANNED = 1000;

/** The same limit for streams. It is higher, because the client of a stream does not wait for the end of a page. */
export const MAX_SCANNED_IN_STREAM = 10_000;

/**
 * The maximum number of queries of one stream. D1 allows 1,000 in an invocation. The other 100 are for other work of
 * the request.
 */
export const MAX_STREAM_QUERIES = 900;

/** The events before an ID, newest first. */
export interface PageBefore<Row> {
  rows: Row[];
  /** The ID of the newest event before the cursor, even if a filter excludes the event; 0 if there is none. */
  head: number;
  /** `page_from` of the next page; 0 if there is none. */
  next: number;
  /**
   * True if the reader can see an event at or above `page_from`, so that no event can join this page. Only set with
   * `checksForNewer`.
   */
  hasNewer: boolean;
}

export interface FetchOptions {
  /** The head that the caller knows. If the page still has this head, the result is undefined. */
  unlessFirstIs?: number | undefined;
  checksForNewer?: boolean;
  maxScanned?: number;
}

/** Fetches the page before the cursor. Returns undefined if its head is `unlessFirstIs`. */
export async function fetchPageBefore<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  listing: ListingQuery,
  options: FetchOptions = {},
): Promise<PageBefore<Row> | undefined> {
  return run(pageBeforeQuery(db, columns, listing, options));
}

/**
 * Fetches the newest page and, in the same round trip, activity points for at most `maxPoints` of the newest events.
 */
export async function fetchNewestPage<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  listing: ListingQuery,
  maxPoints: number,
): Promise<[page: PageBefore<Row> | undefined, marks: ActivityPoint[]]> {
  const { reader, scope, query } = listing;
  const filter = toEventFilter(query);
  const marks = listActivityPoints(db, {
    ...feedRange(reader, scope),
    cursor: { before: NEWEST },
    limit: maxPoints,
    filter: filter ?? {},
    maxScanned: filter === undefined ? maxPoints : MAX_SCANNED,
  });
  return runBatch(db, pageBeforeQuery(db, columns, listing), marks);
}

function pageBeforeQuery<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  { reader, scope, query }: ListingQuery,
  { unlessFirstIs, checksForNewer, maxScanned = MAX_SCANNED }: FetchOptions = {},
): Query<PageBefore<Row> | undefined> {
  const { page_size: size, page_from = NEWEST } = query;
  const range = {
    ...feedRange(reader, scope),
    cursor: { before: page_from },
    limit: size + 1,
    unlessFirstIs,
    checksForNewer,
  };
  const filter = toEventFilter(query);
  if (filter === undefined) {
    return mapResult(mergeFeeds(db, range, columns), (merged) => {
      if (merged === undefined) return undefined;
      const { rows, hasNewer } = merged;
      return { head: rows[0]?.id ?? 0, next: nextPageFrom(rows, size), rows: rows.slice(0, size), hasNewer };
    });
  }
  return mapResult(mergeFilteredFeeds(db, { ...range, filter, maxScanned }, columns), (page) => {
    if (page === undefined) return undefined;
    const next = nextPageFrom(page.rows, size) || (page.isCut ? (page.scannedTo ?? 0) : 0);
    return { head: page.head, next, rows: page.rows.slice(0, size), hasNewer: page.hasNewer };
  });
}

/** The events after an ID, oldest first. */
export interface PageAfter<Row> {
  rows: Row[];
  /**
   * `page_after` of the next page. It is the ID of the last scanned event, or this page's own cursor if no event was
   * scanned.
   */
  last: string;
  isLast: boolean;
}

export async function fetchPageAfter<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  { reader, scope, query }: ListingQuery,
  after: string,
  { maxScanned = MAX_SCANNED }: { maxScanned?: number } = {},
): Promise<PageAfter<Row>> {
  const { page_size: size } = query;
  const range = { ...feedRange(reader, scope), cursor: { after }, limit: size };
  const filter = toEventFilter(query);
  if (filter === undefined) {
    const { rows = [] } = (await run(mergeFeeds(db, range, columns))) ?? {};
    return { rows, last: `${rows.at(-1)?.id ?? after}`, isLast: rows.length < size };
  }
  const page = await run(mergeFilteredFeeds(db, { ...range, filter, maxScanned }, columns));
  const { rows = [], scannedTo, isCut = false } = page ?? {};
  const isFull = rows.length === size;
  return { rows, last: `${(isFull ? rows.at(-1)?.id : scannedTo) ?? after}`, isLast: !isFull && !isCut };
}

export function feedRange(reader: Reader, scope: Scope): Pick<FeedRange, "scope" | "feeds"> {
  return { scope: scopePath(scope), feeds: readerFeeds(reader) };
}

/** Returns the filters of a query, or undefined if it has none. */
export function toEventFilter({ type: types, username, since, until }: PageQuery): EventFilter | undefined {
  const filter = { types, username, since, until };
  return Object.values(filter).some((value) => value !== undefined) ? filter : undefined;
}

/**
 * Returns `page_from` of the next page; 0 if there is none. If there is a next page, `rows` has one row more than this
 * page.
 */
function nextPageFrom(rows: HasId[], size: number): number {
  return rows.length > size ? (rows[size - 1]?.id ?? 0) : 0;
}
