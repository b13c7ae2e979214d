import type { Context } from "../../context.ts";
import type { Database } from "../../store/database.ts";
import { listEventsById, type EventRow } from "../../store/events/event-rows.ts";
import type { CachedPage } from "../../store/events/page-cache.ts";
import type { PageRow } from "../../store/events/page-columns.ts";
import { fetchContentAfter, fetchContentBefore } from "./fetch-content.ts";
import type { Cursor, ListingQuery } from "./fetch-page.ts";
import { digestView, pageAfterTag, pageTag, parsePageTag, type PageEnds } from "./page-tags.ts";
import { isWhole, readInParts } from "./read-in-parts.ts";

export interface Page {
  /**
   * The events as text. The text of a large page comes in parts, and each part is read when it is needed. Undefined for
   * a 304, if the reader's copy is current.
   */
  text: PageText | undefined;
  /** The entity tag of the page. Readers must not interpret it. */
  tag: string;
  next: Cursor | undefined;
  /** True if there are no more events at this time. */
  isLast: boolean;
  /** True if the page can never change. */
  isFixed: boolean;
  /**
   * The D1 bookmark of the session that read the page; null if it is not known. It is used if this request makes no
   * query.
   */
  bookmark: string | null;
}

/** The query, and the format of its pages. */
export interface Listing extends ListingQuery {
  format: PageFormat;
}

/** The format in which the events of a page are written. The page is a JSON array of events. */
export interface PageFormat {
  /** Part of the entity tag. Change it when events are written differently, so that old copies are not used. */
  name: string;
  /** Writes one event. If undefined, the page has the events as they are stored. */
  write?: (row: EventRow) => string;
}

type PageText = string | AsyncGenerator<string>;

interface PageCaches extends Pick<Context, "pageCache" | "edgePageCache" | "background"> {
  db: Database;
}

/**
 * Reads one page of a listing, in one query and one more for each part of a large page. `knownTags` are the tags of the
 * reader's copies. If a copy or a cached page is still current, the query reads only the first entry of each feed. With
 * filters, a page may be short or empty although there is a next page.
 */
export async function listEvents(
  caches: PageCaches,
  listing: Listing,
  knownTags: readonly string[] = [],
): Promise<Page> {
  const view = digestView(listing.format.name, listing);
  return listing.query.page_after === undefined
    ? pageBefore(caches, view, listing, knownTags)
    : pageAfter(caches, view, listing, listing.query.page_after, knownTags);
}

/**
 * Reads a page before an ID, newest first. IDs increase in the order of commits. So if the page is full, and the reader
 * can see an event at or above `page_from`, no event can join the page any more. Such a page is cached for all readers
 * with the same view, and is served without a query.
 */
async function pageBefore(
  caches: PageCaches,
  view: string,
  listing: Listing,
  knownTags: readonly string[],
): Promise<Page> {
  const { db, pageCache, edgePageCache, background } = caches;
  const { page_from } = listing.query;
  const copy = pageCache.get(view) ?? (page_from === undefined ? undefined : await edgePageCache.get(view));
  if (copy?.isFixed) return toPage(copy, view, knownTags);
  const known = newest(copy, ...knownTags.map((tag) => parsePageTag(tag, view)));
  const found = await fetchContentBefore(db, listing, {
    isJoined: listing.format.write === undefined,
    unlessFirstIs: known?.head,
    checksForNewer: page_from !== undefined,
  });
  if (found === undefined && known !== undefined) return toPage(known, view, knownTags);
  const { head, next, content, hasNewer } = found ?? { head: 0, next: 0, content: "", hasNewer: false };
  const page = { head, next, isFixed: hasNewer && next > 0, bookmark: db.bookmark() };
  const text = toText(db, listing.format, content);
  if (typeof text === "string") {
    if (head > 0) pageCache.set(view, { ...page, text });
    if (page.isFixed) background(edgePageCache.set(view, { ...page, text }));
  }
  return toPage({ ...page, text }, view, knownTags);
}

function toPage(
  { head, next, text, isFixed = false, bookmark = null }: KnownPage,
  view: string,
  knownTags: readonly string[],
): Page {
  const tag = pageTag(view, { head, next });
  return {
    text: knownTags.includes(tag) ? undefined : text,
    tag,
    next: next === 0 ? undefined : { page_from: `${next}` },
    isLast: next === 0,
    isFixed,
    bookmark,
  };
}

/**
 * Reads a page after an ID, oldest first. The page is not cached, because new events come at its end, so a cached copy
 * would not show if there are more.
 */
async function pageAfter(
  { db }: PageCaches,
  view: string,
  listing: Listing,
  after: string,
  knownTags: readonly string[],
): Promise<Page> {
  const isJoined = listing.format.write === undefined;
  const { content, last, isLast } = await fetchContentAfter(db, listing, after, { isJoined });
  const tag = pageAfterTag(view, last);
  const text = knownTags.includes(tag) ? undefined : toText(db, listing.format, content);
  return { text, tag, next: { page_after: last }, isLast, isFixed: false, bookmark: null };
}

/** `content` is the joined JSON of the events, or their rows. */
function toText(db: Database, { write = asStored }: PageFormat, content: string | PageRow[]): PageText {
  if (typeof content === "string") return `[${content}]`;
  return isWhole(content) ? `[${content.map(write).join(",")}]` : textInParts(db, write, content);
}

function asStored({ json }: EventRow): string {
  return json;
}

async function* textInParts(db: Database, write: (row: EventRow) => string, rows: PageRow[]): AsyncGenerator<string> {
  let start = "[";
  for await (const part of readInParts(rows, (ids) => listEventsById(db, ids))) {
    yield start + part.map(write).join(",");
    start = ",";
  }
  yield "]";
}

/** The ends of a page that the reader or a cache has. If the page is cached, also the page itself. */
type KnownPage = PageEnds & Partial<Omit<CachedPage, "text">> & { text?: PageText };

/** Returns the page with the highest head. If several pages have it, returns the first of them. */
function newest(...pages: (KnownPage | undefined)[]): KnownPage | undefined {
  return pages.reduce((best, page) => (page !== undefined && page.head > (best?.head ?? -1) ? page : best), undefined);
}
