import type { PageQuery, SizedPageQuery } from "../../schemas/page.ts";
import type { FeedRange } from "../../store/events/feed-range.ts";
import type { EventFilter } from "../../store/events/filtered-feeds.ts";
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

/** The maximum number of events that one query of a listing with filters scans. */
export const MAX_SCANNED = 1000;

/** The same limit for streams. It is higher, because the client of a stream does not wait for the end of a page. */
export const MAX_SCANNED_IN_STREAM = 10_000;

export interface FetchOptions {
  /** The head that the caller knows. If the page still has this head, the result is undefined. */
  unlessFirstIs?: number | undefined;
  checksForNewer?: boolean;
  maxScanned?: number;
}

export function feedRange(reader: Reader, scope: Scope): Pick<FeedRange, "scope" | "feeds"> {
  return { scope: scopePath(scope), feeds: readerFeeds(reader) };
}

/** Returns the filters of a query, or undefined if it has none. */
export function toEventFilter({ type: types, username, since, until }: PageQuery): EventFilter | undefined {
  const filter = { types, username, since, until };
  return Object.values(filter).some((value) => value !== undefined) ? filter : undefined;
}
