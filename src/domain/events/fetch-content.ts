import type { Database } from "../../store/database.ts";
import { joinFeeds, type JoinedPage } from "../../store/events/joined-feeds.ts";
import { NEWEST } from "../../store/events/feed-range.ts";
import { WHOLE_EVENTS } from "../../store/events/page-columns.ts";
import { run } from "../../store/query.ts";
import {
  feedRange,
  fetchPageAfter,
  fetchPageBefore,
  toEventFilter,
  type FetchOptions,
  type ListingQuery,
  type PageAfter,
  type PageBefore,
} from "./fetch-page.ts";

type Content = Pick<JoinedPage, "content">;
type ContentBefore = Omit<PageBefore<never>, "rows"> & Content;
type ContentAfter = Omit<PageAfter<never>, "rows"> & Content;

interface ContentOptions extends Pick<FetchOptions, "unlessFirstIs" | "checksForNewer"> {
  /** True if the caller needs only the joined JSON of the events, and no row for each of them. */
  isJoined: boolean;
}

/** Fetches the page of `fetchPageBefore`, with whole events. With `isJoined`, a page without filters is one text. */
export async function fetchContentBefore(
  db: Database,
  listing: ListingQuery,
  { isJoined, ...options }: ContentOptions,
): Promise<ContentBefore | undefined> {
  const { reader, scope, query } = listing;
  if (!isJoined || toEventFilter(query) !== undefined) {
    const page = await fetchPageBefore(db, WHOLE_EVENTS, listing, options);
    return page && { ...page, content: page.rows };
  }
  const { page_size: shown, page_from = NEWEST } = query;
  const range = { ...feedRange(reader, scope), cursor: { before: page_from }, limit: shown + 1, shown, ...options };
  const joined = await run(joinFeeds(db, range));
  if (joined === undefined) return undefined;
  const { ids, content, hasNewer } = joined;
  return { head: ids[0] ?? 0, next: ids.length > shown ? (ids[shown - 1] ?? 0) : 0, content, hasNewer };
}

/** Fetches the page of `fetchPageAfter`, with whole events. With `isJoined`, a page without filters is one text. */
export async function fetchContentAfter(
  db: Database,
  listing: ListingQuery,
  after: string,
  { isJoined }: Pick<ContentOptions, "isJoined">,
): Promise<ContentAfter> {
  const { reader, scope, query } = listing;
  if (!isJoined || toEventFilter(query) !== undefined) {
    const { rows, ...page } = await fetchPageAfter(db, WHOLE_EVENTS, listing, after);
    return { ...page, content: rows };
  }
  const { page_size: size } = query;
  const range = { ...feedRange(reader, scope), cursor: { after }, limit: size, shown: size };
  const { ids = [], content = "" } = (await run(joinFeeds(db, range))) ?? {};
  return { last: `${ids.at(-1) ?? after}`, isLast: ids.length < size, content };
}
