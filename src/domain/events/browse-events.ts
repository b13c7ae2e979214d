import { dataOf, parseEventFacts, type EventFacts } from "../../schemas/event-json.ts";
import type { Database } from "../../store/database.ts";
import type { ActivityPoint } from "../../store/events/filtered-feeds.ts";
import { EVENT_SUMMARIES, type EventSummaryRow } from "../../store/events/page-columns.ts";
import {
  fetchPageAfter,
  fetchNewestPage,
  fetchPageBefore,
  type Cursor,
  type PageBefore,
  type ListingQuery,
} from "./fetch-page.ts";

/** One page of a listing, with the cursors of its neighbours. */
export interface BrowsedPage {
  /** Newest first. */
  events: EventSummary[];
  /** Undefined if nothing is newer at the moment. */
  newer: Cursor | undefined;
  /** Undefined if nothing is older. */
  older: Cursor | undefined;
  /** The filters stopped at their limit of scanned events: more events may match. */
  isCut: boolean;
  /** Only for the newest page, which has no cursor. */
  newest?: {
    /** ID of the newest event in the scope, whether it matches or not; 0 if there is none. */
    head: number;
    /** Of the newest events that match, also beyond the page. */
    marks: ActivityPoint[];
  };
}

/** An event as the console lists it. */
export interface EventSummary {
  /** Without its groups. */
  facts: EventFacts;
  isRestricted: boolean;
  /** Undefined without `data`. */
  dataBytes: number | undefined;
  /** JSON. Undefined without `data`, and for long `data`. */
  shortData: string | undefined;
}

/** Enough for the chart, and cheap enough to be read with every newest page. */
const MAX_ACTIVITY_POINTS = 300;
const LARGEST_ID = 9_999_999_999_999_999_999n;

/** One page for the console, in one round trip to D1. */
export async function browseEvents(db: Database, listing: ListingQuery): Promise<BrowsedPage> {
  const { page_after, page_size } = listing.query;
  if (page_after !== undefined) return browseAfter(db, listing, page_after, page_size);
  if (listing.query.page_from !== undefined) return browseBefore(db, listing, listing.query.page_from);
  const [page, marks] = await fetchNewestPage(db, EVENT_SUMMARIES, listing, MAX_ACTIVITY_POINTS);
  return { ...toBrowsedPage(page, page_size), newest: { head: page?.head ?? 0, marks } };
}

async function browseBefore(db: Database, listing: ListingQuery, from: string): Promise<BrowsedPage> {
  const page = await fetchPageBefore(db, EVENT_SUMMARIES, listing, { checksForNewer: true });
  const browsed = toBrowsedPage(page, listing.query.page_size);
  // `hasNewer` is a column of the rows. An empty page has none: assume that newer events may exist.
  const mayBeNewer = page?.hasNewer === true || browsed.events.length === 0;
  return mayBeNewer ? { ...browsed, newer: { page_after: adjacentId(from, -1n) } } : browsed;
}

function toBrowsedPage(page: PageBefore<EventSummaryRow> | undefined, size: number): BrowsedPage {
  const { rows = [], next = 0 } = page ?? {};
  return {
    events: rows.map(toSummary),
    newer: undefined,
    older: next === 0 ? undefined : { page_from: `${next}` },
    isCut: next !== 0 && rows.length < size,
  };
}

/** Fetches one event more than the page shows, so that `newer` never leads to an empty page. */
async function browseAfter(db: Database, listing: ListingQuery, after: string, size: number): Promise<BrowsedPage> {
  const query = { ...listing.query, page_size: size + 1 };
  const { rows, last, isLast } = await fetchPageAfter(db, EVENT_SUMMARIES, { ...listing, query }, after);
  const page = rows.slice(0, size);
  const isFull = rows.length > size;
  const end = isFull ? `${page.at(-1)?.id}` : last;
  return {
    events: page.toReversed().map(toSummary),
    newer: isLast ? undefined : { page_after: end },
    older: { page_from: adjacentId(after, 1n) },
    isCut: !isLast && !isFull,
  };
}

function toSummary({ json, is_restricted, data_bytes }: EventSummaryRow): EventSummary {
  return {
    facts: parseEventFacts(json),
    isRestricted: is_restricted === 1,
    dataBytes: data_bytes < 0 ? undefined : data_bytes,
    shortData: dataOf(json),
  };
}

/** Both cursors exclude their own ID, so turning around needs the ID next to it. */
function adjacentId(id: string, step: 1n | -1n): string {
  const next = BigInt(id) + step;
  if (next < 0n) return "0";
  return `${next > LARGEST_ID ? LARGEST_ID : next}`;
}
