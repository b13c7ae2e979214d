import { joinFeeds } from "../../store/events/joined-feeds.ts";
import { NEWEST } from "../../store/events/feed-range.ts";
import { WHOLE_EVENTS, type PageRow } from "../../store/events/page-columns.ts";
import { run } from "../../store/query.ts";
import { readArchivedRows } from "../archive/archived-rows.ts";
import type { Reading } from "../archive/reading.ts";
import { feedRange, toEventFilter, type FetchOptions, type ListingQuery } from "./listing-query.ts";
import { locateAfter, locateBefore, type LocatedAfter, type LocatedBefore } from "./locate-page.ts";
import { continueBefore, mergeAfter } from "./merge-with-archive.ts";

/** The events of a page in order. A text is the joined JSON of some events. */
export type Content = (string | PageRow[])[];

type ContentBefore = Omit<LocatedBefore<never>, "readRows"> & { read: () => Promise<Content> };
type ContentAfter = Omit<LocatedAfter<never>, "readRows"> & { read: () => Promise<Content> };

interface ContentOptions extends Pick<FetchOptions, "unlessFirstIs" | "checksForNewer"> {
  /** True if the caller needs only the joined JSON of the events, and no row for each of them. */
  isJoined: boolean;
}

/**
 * Fetches the page of `fetchPageBefore`, with whole events. With `isJoined`, the events in D1 of a page without filters
 * are one text. Bundles of the archive are read only by `read`.
 */
export async function fetchContentBefore(
  reading: Reading,
  listing: ListingQuery,
  { isJoined, ...options }: ContentOptions,
): Promise<ContentBefore | undefined> {
  const { reader, scope, query } = listing;
  if (!isJoined || toEventFilter(query) !== undefined) {
    const locate = await run(locateBefore(reading, WHOLE_EVENTS, listing, options));
    const located = await locate();
    return located && withContent(located);
  }
  const { page_size: shown, page_from = NEWEST } = query;
  const range = { ...feedRange(reader, scope), cursor: { before: page_from }, limit: shown + 1, shown, ...options };
  const joined = await run(joinFeeds(reading.db, range));
  if (joined === undefined) return undefined;
  const merged = await continueBefore(reading, range, joined);
  if (merged === undefined) return undefined;
  const { entries, ...ends } = merged;
  const { content, hasNewer } = joined;
  const read = async () => [content, await readArchivedRows(reading, range, entries, WHOLE_EVENTS)];
  return { ...ends, hasNewer, read };
}

/** Fetches the page of `fetchPageAfter` in the same way. */
export async function fetchContentAfter(
  reading: Reading,
  listing: ListingQuery,
  after: string,
  { isJoined }: Pick<ContentOptions, "isJoined">,
): Promise<ContentAfter> {
  const { reader, scope, query } = listing;
  if (!isJoined || toEventFilter(query) !== undefined) {
    return withContent(await locateAfter(reading, WHOLE_EVENTS, listing, after));
  }
  const { page_size: size } = query;
  const range = { ...feedRange(reader, scope), cursor: { after }, limit: size, shown: size };
  const { entries, hot, room } = await mergeAfter(reading, range, (next) =>
    run(joinFeeds(reading.db, { ...next, shown: next.limit })),
  );
  const { ids = [], content = "" } = hot ?? {};
  const shown = ids.slice(0, room);
  const rest = typeof content === "string" ? content : content.slice(0, room);
  return {
    last: `${shown.at(-1) ?? entries.at(-1)?.id ?? after}`,
    isLast: entries.length + shown.length < size,
    read: async () => [await readArchivedRows(reading, range, entries, WHOLE_EVENTS), rest],
  };
}

function withContent<Located extends { readRows: () => Promise<PageRow[]> }>({
  readRows,
  ...page
}: Located): Omit<Located, "readRows"> & { read: () => Promise<Content> } {
  return { ...page, read: async () => [await readRows()] };
}
