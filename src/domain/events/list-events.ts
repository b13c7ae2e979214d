import type { Context } from "../../context.ts";
import { HOUR_MS } from "../../lib/time.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import type { CachedPage } from "../../store/events/page-cache.ts";
import { unlessDeleted } from "../archive/unless-deleted.ts";
import type { Reading } from "../archive/reading.ts";
import { listEventsById } from "./events-by-id.ts";
import { fetchContentAfter, fetchContentBefore, type Content } from "./fetch-content.ts";
import type { Cursor, ListingQuery } from "./listing-query.ts";
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

type PageCaches = Reading & Pick<Context, "pageCache" | "edgePageCache" | "background" | "config" | "now">;

/**
 * Reads one page of a listing, in one query and one more for each part of a large page. `knownTags` are the tags of the
 * reader's copies. If a copy or a cached page is still current, the query reads only the first entry of each feed, and no
 * bundle of the archive is read. With filters, a page may be short or empty although there is a next page.
 * @throws AppError `unavailable` if the page needs the archive, and the archive cannot be read
 */
export async function listEvents(
  caches: PageCaches,
  listing: Listing,
  knownTags: readonly string[] = [],
): Promise<Page> {
  const view = digestView(listing.format.name, listing, hourOfRetention(caches));
  const { page_after } = listing.query;
  return unlessDeleted(() =>
    page_after === undefined
      ? pageBefore(caches, view, listing, knownTags)
      : pageAfter(caches, view, listing, page_after, knownTags),
  );
}

/** Undefined if no event is ever deleted. */
function hourOfRetention({ config, now }: PageCaches): number | undefined {
  return config.eventRetentionDays === undefined ? undefined : Math.floor(now() / HOUR_MS);
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
  const found = await fetchContentBefore(caches, listing, {
    isJoined: listing.format.write === undefined,
    unlessFirstIs: known?.head,
    checksForNewer: page_from !== undefined,
  });
  if (found === undefined && known !== undefined) return toPage(known, view, knownTags);
  const { head, next, read, hasNewer } = found ?? EMPTY;
  const page = { head, next, isFixed: hasNewer && next > 0, bookmark: db.bookmark() };
  if (knownTags.includes(pageTag(view, page))) return toPage(page, view, knownTags);
  const text = toText(caches, listing.format, await read());
  if (typeof text === "string") {
    if (head > 0) pageCache.set(view, { ...page, text });
    if (page.isFixed) background(edgePageCache.set(view, { ...page, text }));
  }
  return toPage({ ...page, text }, view, knownTags);
}

const EMPTY = { head: 0, next: 0, hasNewer: false, read: async () => [] };

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
  reading: Reading,
  view: string,
  listing: Listing,
  after: string,
  knownTags: readonly string[],
): Promise<Page> {
  const isJoined = listing.format.write === undefined;
  const { read, last, isLast } = await fetchContentAfter(reading, listing, after, { isJoined });
  const tag = pageAfterTag(view, last);
  const text = knownTags.includes(tag) ? undefined : toText(reading, listing.format, await read());
  return { text, tag, next: { page_after: last }, isLast, isFixed: false, bookmark: null };
}

function toText(reading: Reading, { write = asStored }: PageFormat, content: Content): PageText {
  const texts = content.map((part) =>
    typeof part === "string" ? part : isWhole(part) ? part.map(write).join(",") : undefined,
  );
  if (texts.includes(undefined)) return textInParts(reading, write, content);
  return `[${texts.filter((text) => text !== "").join(",")}]`;
}

function asStored({ json }: EventRow): string {
  return json;
}

async function* textInParts(
  reading: Reading,
  write: (row: EventRow) => string,
  content: Content,
): AsyncGenerator<string> {
  let start = "[";
  for await (const text of textsOf(reading, write, content)) {
    if (text === "") continue;
    yield start + text;
    start = ",";
  }
  yield start === "[" ? "[]" : "]";
}

async function* textsOf(reading: Reading, write: (row: EventRow) => string, content: Content): AsyncGenerator<string> {
  for (const part of content) {
    if (typeof part === "string") yield part;
    else {
      for await (const rows of readInParts(part, (ids) => listEventsById(reading, ids)))
        yield rows.map(write).join(",");
    }
  }
}

/** The ends of a page that the reader or a cache has. If the page is cached, also the page itself. */
type KnownPage = PageEnds & Partial<Omit<CachedPage, "text">> & { text?: PageText };

/** Returns the page with the highest head. If several pages have it, returns the first of them. */
function newest(...pages: (KnownPage | undefined)[]): KnownPage | undefined {
  return pages.reduce((best, page) => (page !== undefined && page.head > (best?.head ?? -1) ? page : best), undefined);
}
