import type { SizedPageQuery, PageQuery } from "../../schemas/page.ts";
import type { Database } from "../../store/database.ts";
import { mergeFeeds, NEWEST, type FeedRange } from "../../store/events/feeds.ts";
import {
  listActivityPoints,
  mergeFilteredFeeds,
  type ActivityPoint,
  type EventFilter,
} from "../../store/events/filtered-feeds.ts";
import type { PageColumns } from "../../store/events/page-columns.ts";
import { run, runBatch, mapResult, type Query } from "../../store/query.ts";
import type { Reader } from "../access/reader.ts";
import { scopePath, type Scope } from "../access/scope.ts";
import { feedsOfReader } from "../access/visibility.ts";

/** Where a listing goes on: before an ID, newest first, or after it, oldest first. */
export type Cursor = { page_from: string } | { page_after: string };

/** What is asked of a listing, whoever writes it. */
export interface ListingQuery {
  reader: Reader;
  scope: Scope;
  query: SizedPageQuery;
}

interface HasId {
  id: number;
}

/** How many events a request with filters looks at. */
export const MAX_SCANNED = 1000;

/** What comes before an ID. */
export interface PageBefore<Row> {
  rows: Row[];
  /** The first event of all, also where it does not match; 0 where there is none. */
  head: number;
  /** `page_from` of what comes before this; 0 where there is nothing. */
  next: number;
  /** Nothing can come into it any more. Told where it was asked for. */
  hasNewer: boolean;
}

interface FetchOptions {
  unlessFirstIs?: number | undefined;
  checksForNewer?: boolean;
  maxScanned?: number;
}

/** Undefined where the head is the known one. */
export async function fetchPageBefore<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  sought: ListingQuery,
  options: FetchOptions = {},
): Promise<PageBefore<Row> | undefined> {
  return run(preceding(db, columns, sought, options));
}

/** The newest page, and with it, in the same round trip, the marks of up to `maxPoints` of the newest events. */
export async function fetchNewestPage<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  sought: ListingQuery,
  maxPoints: number,
): Promise<[page: PageBefore<Row> | undefined, marks: ActivityPoint[]]> {
  const { reader, scope, query } = sought;
  const filter = filterOf(query);
  const marks = listActivityPoints(db, {
    ...feedRange(reader, scope),
    cursor: { before: NEWEST },
    limit: maxPoints,
    filter: filter ?? {},
    maxScanned: filter === undefined ? maxPoints : MAX_SCANNED,
  });
  return runBatch(db, preceding(db, columns, sought), marks);
}

function preceding<Row extends HasId>(
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
  const filter = filterOf(query);
  if (filter === undefined) {
    return mapResult(mergeFeeds(db, range, columns), (merged) => {
      if (merged === undefined) return undefined;
      const { rows, hasNewer } = merged;
      return { head: rows[0]?.id ?? 0, next: nextOf(rows, size), rows: rows.slice(0, size), hasNewer };
    });
  }
  return mapResult(mergeFilteredFeeds(db, { ...range, filter, maxScanned }, columns), (page) => {
    if (page === undefined) return undefined;
    const next = nextOf(page.rows, size) || (page.isCut ? (page.scannedTo ?? 0) : 0);
    return { head: page.head, next, rows: page.rows.slice(0, size), hasNewer: page.hasNewer };
  });
}

/** What follows an ID, and where what follows that begins. */
export interface PageAfter<Row> {
  rows: Row[];
  /** The last event that was looked at; the ID itself where there was none. */
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
  const filter = filterOf(query);
  if (filter === undefined) {
    const { rows = [] } = (await run(mergeFeeds(db, range, columns))) ?? {};
    return { rows, last: `${rows.at(-1)?.id ?? after}`, isLast: rows.length < size };
  }
  const page = await run(mergeFilteredFeeds(db, { ...range, filter, maxScanned }, columns));
  const { rows = [], scannedTo, isCut = false } = page ?? {};
  const isFull = rows.length === size;
  return { rows, last: `${(isFull ? rows.at(-1)?.id : scannedTo) ?? after}`, isLast: !isFull && !isCut };
}

function feedRange(reader: Reader, scope: Scope): Pick<FeedRange, "scope" | "feeds"> {
  return { scope: scopePath(scope), feeds: feedsOfReader(reader) };
}

/** Undefined where everything matches. */
export function filterOf({ type: types, username, since, until }: PageQuery): EventFilter | undefined {
  const filter = { types, username, since, until };
  return Object.values(filter).some((value) => value !== undefined) ? filter : undefined;
}

/** The cursor behind a page, where a row more was asked for than it holds; 0 where there is none. */
function nextOf(rows: HasId[], size: number): number {
  return rows.length > size ? (rows[size - 1]?.id ?? 0) : 0;
}
