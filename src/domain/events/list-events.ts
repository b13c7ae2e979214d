import type { Context } from "../../context.ts";
import { sha256 } from "../../digest.ts";
import type { PageQuery, SizedPageQuery } from "../../schemas/page.ts";
import type { Database } from "../../store/database.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { mergeFeeds, NEWEST, type FeedRange } from "../../store/events/feeds.ts";
import { mergeFilteredFeeds, type EventFilter } from "../../store/events/filtered-feeds.ts";
import type { PageCopy } from "../../store/events/page-copies.ts";
import type { Reader } from "../reader.ts";
import { scopePath, type Scope } from "../scope.ts";
import { feedsOf } from "../visibility.ts";

/** Where a listing goes on: before an ID, newest first, or after it, oldest first. */
export type Cursor = { page_from: string } | { page_after: string };

export interface Page {
  /** The events as text; undefined when the reader's copy is still right. */
  text: string | undefined;
  /** Opaque to readers: the view, and the IDs at the page's ends. */
  tag: string;
  next: Cursor | undefined;
  /** Nothing more is there for now. */
  isLast: boolean;
  /** It can never change. */
  isFixed: boolean;
  /** Of when it was read, where that was not now. */
  bookmark: string | null;
}

/** What is asked of a listing, and how a page is written. */
export interface Listing {
  reader: Reader;
  scope: Scope;
  query: SizedPageQuery;
  form: PageForm;
}

/** What is asked of a listing, whoever writes it. */
export type Sought = Omit<Listing, "form">;

export interface PageForm {
  /** Goes up when events are written in another way, so that no reader keeps an old copy. */
  name: string;
  write: (rows: EventRow[]) => string;
}

/** Where the listing is asked, and what of it is kept. */
interface Shelf extends Pick<Context, "copies" | "edge" | "background"> {
  db: Database;
}

/** How many events a request with filters looks at. */
export const MOST_LOOKED_AT = 1000;

/**
 * One page of a listing, in one query. `knownTags` are those of copies the reader holds. A page before an ID that has
 * not changed, by the reader's copy or ours, costs the look at the first entry of each feed. With filters a page may be
 * short, or empty, where it has a next one all the same.
 */
export async function listEvents(shelf: Shelf, listing: Listing, knownTags: readonly string[] = []): Promise<Page> {
  const view = await viewOf(listing);
  return listing.query.page_after === undefined
    ? pageBefore(shelf, view, listing, knownTags)
    : pageAfter(shelf, view, listing, listing.query.page_after, knownTags);
}

/**
 * Newest first. A page before an ID that this reader has seen overtaken, full, is fixed: no event can come into it any
 * more. It is kept for all who see the same, and D1 is not asked again.
 */
async function pageBefore(shelf: Shelf, view: string, listing: Listing, knownTags: readonly string[]): Promise<Page> {
  const { db, copies, edge, background } = shelf;
  const { page_from } = listing.query;
  const copy = copies.find(view) ?? (page_from === undefined ? undefined : await edge.find(view));
  if (copy?.isFixed) return answerOf(copy, view, knownTags);
  const known = newest(copy, ...knownTags.map((tag) => endsOf(tag, view)));
  const seen = await lookBefore(db, listing, {
    unlessFirstIs: known?.head,
    asksForPast: page_from !== undefined,
  });
  if (seen === undefined && known !== undefined) return answerOf(known, view, knownTags);
  const { head, next, rows, isPast } = seen ?? { head: 0, next: 0, rows: [], isPast: false };
  const page = { head, next, text: listing.form.write(rows), isFixed: isPast && next > 0, bookmark: db.bookmark() };
  if (head > 0) copies.keep(view, page);
  if (page.isFixed) background(edge.keep(view, page));
  return answerOf(page, view, knownTags);
}

function answerOf(
  { head, next, text, isFixed = false, bookmark = null }: KnownPage,
  view: string,
  knownTags: readonly string[],
): Page {
  const tag = `${view}-${head}-${next}`;
  return {
    text: knownTags.includes(tag) ? undefined : text,
    tag,
    next: next === 0 ? undefined : { page_from: `${next}` },
    isLast: next === 0,
    isFixed,
    bookmark,
  };
}

/** What comes before an ID. */
export interface Preceding {
  rows: EventRow[];
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
export async function lookBefore(
  db: Database,
  { reader, scope, query }: Sought,
  { unlessFirstIs, asksForPast, mostLookedAt = MOST_LOOKED_AT }: LookOptions = {},
): Promise<Preceding | undefined> {
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
    const merged = await mergeFeeds(db, range);
    if (merged === undefined) return undefined;
    const { rows, isPast } = merged;
    return { head: rows[0]?.id ?? 0, next: nextOf(rows, size), rows: rows.slice(0, size), isPast };
  }
  const page = await mergeFilteredFeeds(db, { ...range, filter, mostLookedAt });
  if (page === undefined) return undefined;
  const next = nextOf(page.rows, size) || (page.isCut ? (page.lookedTo ?? 0) : 0);
  return { head: page.head, next, rows: page.rows.slice(0, size), isPast: page.isPast };
}

/** Oldest first. The growing end is the last, so what is known does not tell what is new. */
async function pageAfter(
  { db }: Shelf,
  view: string,
  listing: Listing,
  after: string,
  knownTags: readonly string[],
): Promise<Page> {
  const { rows, last, isLast } = await lookAfter(db, listing, after);
  const tag = `${view}-${last}`;
  const text = knownTags.includes(tag) ? undefined : listing.form.write(rows);
  return { text, tag, next: { page_after: last }, isLast, isFixed: false, bookmark: null };
}

/** What follows an ID, and where what follows that begins. */
export interface Following {
  rows: EventRow[];
  /** The last event that was looked at; the ID itself where there was none. */
  last: string;
  isLast: boolean;
}

export async function lookAfter(
  db: Database,
  { reader, scope, query }: Sought,
  after: string,
  { mostLookedAt = MOST_LOOKED_AT }: { mostLookedAt?: number } = {},
): Promise<Following> {
  const { page_size: size } = query;
  const range = { ...feedRange(reader, scope), cursor: { after }, limit: size };
  const filter = filterOf(query);
  if (filter === undefined) {
    const { rows = [] } = (await mergeFeeds(db, range)) ?? {};
    return { rows, last: `${rows.at(-1)?.id ?? after}`, isLast: rows.length < size };
  }
  const page = await mergeFilteredFeeds(db, { ...range, filter, mostLookedAt });
  const { rows = [], lookedTo, isCut = false } = page ?? {};
  const isFull = rows.length === size;
  return { rows, last: `${(isFull ? rows.at(-1)?.id : lookedTo) ?? after}`, isLast: !isFull && !isCut };
}

function feedRange(reader: Reader, scope: Scope): Pick<FeedRange, "scope" | "feeds"> {
  return { scope: scopePath(scope), feeds: feedsOf(reader) };
}

/** Undefined where everything matches. */
function filterOf({ type: types, username, since, until }: PageQuery): EventFilter | undefined {
  const filter = { types, username, since, until };
  return Object.values(filter).some((value) => value !== undefined) ? filter : undefined;
}

/** The cursor behind a page, where a row more was asked for than it holds; 0 where there is none. */
function nextOf(rows: EventRow[], size: number): number {
  return rows.length > size ? (rows[size - 1]?.id ?? 0) : 0;
}

/** What tells one state of a page from another, with the page itself where it is at hand. */
type KnownPage = Pick<PageCopy, "head" | "next"> & Partial<PageCopy>;

/** Of several with the same head, the earliest named. */
function newest(...pages: (KnownPage | undefined)[]): KnownPage | undefined {
  return pages.reduce((best, page) => (page !== undefined && page.head > (best?.head ?? -1) ? page : best), undefined);
}

function endsOf(tag: string, view: string): KnownPage | undefined {
  const [, head, next] = (tag.startsWith(`${view}-`) && /-([0-9]{1,16})-([0-9]{1,16})$/.exec(tag)) || [];
  return head === undefined ? undefined : { head: Number(head), next: Number(next) };
}

/** Names everything a page depends on besides its events, which only ever join at one end. */
async function viewOf({ reader, scope, query, form }: Listing): Promise<string> {
  const groups = [reader.isAuditor, ...reader.groups.toSorted()];
  const { page_size, page_from = null, page_after = null } = query;
  const view = [form.name, scopePath(scope), groups, page_size, page_from, page_after, filterOf(query) ?? null];
  return (await sha256(JSON.stringify(view))).slice(0, 22);
}
