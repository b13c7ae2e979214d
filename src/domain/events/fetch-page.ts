import type { SizedPageQuery, PageQuery } from "../../schemas/page.ts";
import type { Database } from "../../store/database.ts";
import { mergeFeeds, NEWEST, type FeedRange } from "../../store/events/feeds.ts";
import { mergeFilteredFeeds, type EventFilter } from "../../store/events/filtered-feeds.ts";
import { listMarks, type Mark } from "../../store/events/activity-points.ts";
import type { PageColumns } from "../../store/events/page-columns.ts";
import { ask, askAll, thenRead, type Question } from "../../store/query.ts";
import type { Reader } from "../access/reader.ts";
import { scopePath, type Scope } from "../access/scope.ts";
import { feedsOf } from "../access/visibility.ts";

/** Where a listing goes on: before an ID, newest first, or after it, oldest first. */
export type Cursor = { page_from: string } | { page_after: string };

/** What is asked of a listing, whoever writes it. */
export interface Sought {
  reader: Reader;
  scope: Scope;
  query: SizedPageQuery;
}

interface HasId {
  id: number;
}

/** How many events a request with filters looks at. */
export const MOST_LOOKED_AT = 1000;

/** What comes before an ID. */
export interface Preceding<Row> {
  rows: Row[];
  /** The first event of all, also where it does not match; 0 where there is none. */
  head: number;
  /** `page_from` of what comes before this; 0 where there is nothing. */
  next: number;
  /** Nothing can come into it any more. Told where it was asked for. */
  isPast: boolean;
}

interface LookOptions {
  unlessFirstIs?: number | undefined;
  asksForPast?: boolean;
  mostLookedAt?: number;
}

/** Undefined where the head is the known one. */
export async function lookBefore<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  sought: Sought,
  options: LookOptions = {},
): Promise<Preceding<Row> | undefined> {
  return ask(preceding(db, columns, sought, options));
}

/** The newest page, and with it, in the same round trip, the marks of up to `mostMarks` of the newest events. */
export async function lookAtNewest<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  sought: Sought,
  mostMarks: number,
): Promise<[page: Preceding<Row> | undefined, marks: Mark[]]> {
  const { reader, scope, query } = sought;
  const filter = filterOf(query);
  const marks = listMarks(db, {
    ...feedRange(reader, scope),
    cursor: { before: NEWEST },
    limit: mostMarks,
    filter: filter ?? {},
    mostLookedAt: filter === undefined ? mostMarks : MOST_LOOKED_AT,
  });
  return askAll(db, preceding(db, columns, sought), marks);
}

function preceding<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  { reader, scope, query }: Sought,
  { unlessFirstIs, asksForPast, mostLookedAt = MOST_LOOKED_AT }: LookOptions = {},
): Question<Preceding<Row> | undefined> {
  const { page_size: size, page_from = NEWEST } = query;
  const range = {
    ...feedRange(reader, scope),
    cursor: { before: page_from },
    limit: size + 1,
    unlessFirstIs,
    asksForPast,
  };
  const filter = filterOf(query);
  if (filter === undefined) {
    return thenRead(mergeFeeds(db, range, columns), (merged) => {
      if (merged === undefined) return undefined;
      const { rows, isPast } = merged;
      return { head: rows[0]?.id ?? 0, next: nextOf(rows, size), rows: rows.slice(0, size), isPast };
    });
  }
  return thenRead(mergeFilteredFeeds(db, { ...range, filter, mostLookedAt }, columns), (page) => {
    if (page === undefined) return undefined;
    const next = nextOf(page.rows, size) || (page.isCut ? (page.lookedTo ?? 0) : 0);
    return { head: page.head, next, rows: page.rows.slice(0, size), isPast: page.isPast };
  });
}

/** What follows an ID, and where what follows that begins. */
export interface Following<Row> {
  rows: Row[];
  /** The last event that was looked at; the ID itself where there was none. */
  last: string;
  isLast: boolean;
}

export async function lookAfter<Row extends HasId>(
  db: Database,
  columns: PageColumns<Row>,
  { reader, scope, query }: Sought,
  after: string,
  { mostLookedAt = MOST_LOOKED_AT }: { mostLookedAt?: number } = {},
): Promise<Following<Row>> {
  const { page_size: size } = query;
  const range = { ...feedRange(reader, scope), cursor: { after }, limit: size };
  const filter = filterOf(query);
  if (filter === undefined) {
    const { rows = [] } = (await ask(mergeFeeds(db, range, columns))) ?? {};
    return { rows, last: `${rows.at(-1)?.id ?? after}`, isLast: rows.length < size };
  }
  const page = await ask(mergeFilteredFeeds(db, { ...range, filter, mostLookedAt }, columns));
  const { rows = [], lookedTo, isCut = false } = page ?? {};
  const isFull = rows.length === size;
  return { rows, last: `${(isFull ? rows.at(-1)?.id : lookedTo) ?? after}`, isLast: !isFull && !isCut };
}

function feedRange(reader: Reader, scope: Scope): Pick<FeedRange, "scope" | "feeds"> {
  return { scope: scopePath(scope), feeds: feedsOf(reader) };
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
