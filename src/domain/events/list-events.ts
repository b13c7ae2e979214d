import type { Context } from "../../context.ts";
import { sha256 } from "../../lib/crypto.ts";
import { writeJson } from "../../lib/json-writer.ts";
import type { Database } from "../../store/database.ts";
import { listEventsById, type EventRow } from "../../store/events/event-rows.ts";
import type { CachedPage } from "../../store/events/page-cache.ts";
import { WHOLE_EVENTS, type PageRow } from "../../store/events/page-columns.ts";
import { scopePath } from "../access/scope.ts";
import { filterOf, fetchPageAfter, fetchPageBefore, type Cursor, type ListingQuery } from "./fetch-page.ts";
import { isWhole, readInParts } from "./read-in-parts.ts";

export interface Page {
  /** The events as text, of a large page in parts that are read as they are taken; undefined when the reader's copy is still right. */
  text: PageText | undefined;
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
export interface Listing extends ListingQuery {
  form: PageFormat;
}

/** How the events of a page are written; a page is a JSON array of them. */
export interface PageFormat {
  /** Goes up when events are written in another way, so that no reader keeps an old copy. */
  name: string;
  write: (row: EventRow) => string;
}

type PageText = string | AsyncGenerator<string>;

/** Where the listing is asked, and what of it is kept. */
interface PageCaches extends Pick<Context, "copies" | "edge" | "background"> {
  db: Database;
}

/**
 * One page of a listing, in one query, and where it is large, one more for each part. `knownTags` are those of copies the reader holds. A page before an ID that has
 * not changed, by the reader's copy or ours, costs the look at the first entry of each feed. With filters a page may be
 * short, or empty, where it has a next one all the same.
 */
export async function listEvents(
  shelf: PageCaches,
  listing: Listing,
  knownTags: readonly string[] = [],
): Promise<Page> {
  const view = await viewOf(listing);
  return listing.query.page_after === undefined
    ? pageBefore(shelf, view, listing, knownTags)
    : pageAfter(shelf, view, listing, listing.query.page_after, knownTags);
}

/**
 * Newest first. A page before an ID that this reader has seen overtaken, full, is fixed: no event can come into it any
 * more. It is kept for all who see the same, and D1 is not asked again.
 */
async function pageBefore(
  shelf: PageCaches,
  view: string,
  listing: Listing,
  knownTags: readonly string[],
): Promise<Page> {
  const { db, copies, edge, background } = shelf;
  const { page_from } = listing.query;
  const copy = copies.get(view) ?? (page_from === undefined ? undefined : await edge.get(view));
  if (copy?.isFixed) return answerOf(copy, view, knownTags);
  const known = newest(copy, ...knownTags.map((tag) => endsOf(tag, view)));
  const seen = await fetchPageBefore(db, WHOLE_EVENTS, listing, {
    unlessFirstIs: known?.head,
    checksForNewer: page_from !== undefined,
  });
  if (seen === undefined && known !== undefined) return answerOf(known, view, knownTags);
  const { head, next, rows, hasNewer } = seen ?? { head: 0, next: 0, rows: [], hasNewer: false };
  const page = { head, next, isFixed: hasNewer && next > 0, bookmark: db.bookmark() };
  const text = textOf(db, listing.form, rows);
  if (typeof text === "string") {
    if (head > 0) copies.set(view, { ...page, text });
    if (page.isFixed) background(edge.set(view, { ...page, text }));
  }
  return answerOf({ ...page, text }, view, knownTags);
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

/** Oldest first. The growing end is the last, so what is known does not tell what is new. */
async function pageAfter(
  { db }: PageCaches,
  view: string,
  listing: Listing,
  after: string,
  knownTags: readonly string[],
): Promise<Page> {
  const { rows, last, isLast } = await fetchPageAfter(db, WHOLE_EVENTS, listing, after);
  const tag = `${view}-${last}`;
  const text = knownTags.includes(tag) ? undefined : textOf(db, listing.form, rows);
  return { text, tag, next: { page_after: last }, isLast, isFixed: false, bookmark: null };
}

function textOf(db: Database, form: PageFormat, rows: PageRow[]): PageText {
  return isWhole(rows) ? `[${rows.map(form.write).join(",")}]` : textInParts(db, form, rows);
}

async function* textInParts(db: Database, { write }: PageFormat, rows: PageRow[]): AsyncGenerator<string> {
  let start = "[";
  for await (const part of readInParts(rows, (ids) => listEventsById(db, ids))) {
    yield start + part.map(write).join(",");
    start = ",";
  }
  yield "]";
}

/** What tells one state of a page from another, with the page itself where it is at hand. */
type KnownPage = Pick<CachedPage, "head" | "next"> & Partial<Omit<CachedPage, "text">> & { text?: PageText };

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
  return (await sha256(writeJson(view))).slice(0, 22);
}
