import { dataOf, parseEventFacts, type EventFacts } from "../../schemas/event-json.ts";
import type { ActivityPoint } from "../../store/events/filtered-feeds.ts";
import { EVENT_SUMMARIES, type EventSummaryRow } from "../../store/events/page-columns.ts";
import { fetchPageAfter, fetchNewestPage, fetchPageBefore, type PageBefore } from "./fetch-page.ts";
import type { Reading } from "../archive/reading.ts";
import type { Cursor, ListingQuery } from "./listing-query.ts";

/** One page of a listing, with the cursors of its neighbours. */
export interface BrowsedPage {
  /** Newest first. */
  events: EventSummary[];
  /** The cursor of the newer page. Undefined if there are no newer events now. */
  newer: Cursor | undefined;
  /** The cursor of the older page. Undefined if there are no older events. */
  older: Cursor | undefined;
  /** True if the scan stopped at its limit, so that more events may match the filters. */
  isCut: boolean;
  /** Only for the newest page, which has no cursor. */
  newest?: {
    /** The ID of the newest event in the scope, even if the event does not match the filters; 0 if there is none. */
    head: number;
    /** The types and times of the newest matching events, including events that are not on the page. */
    marks: ActivityPoint[];
  };
}

/** An event as the console lists it. */
export interface EventSummary {
  /** The event without its groups. */
  facts: EventFacts;
  isRestricted: boolean;
  /** The size of `data`. Undefined if the event has no `data`. */
  dataBytes: number | undefined;
  /** `data` as JSON. Undefined if the event has no `data`, or if `data` is long. */
  shortData: string | undefined;
}

/** This number is enough for the chart. The points are cheap enough to be read with every newest page. */
const MAX_ACTIVITY_POINTS = 300;
const LARGEST_ID = 9_999_999_999_999_999_999n;

/**
 * Reads one page for the console, in one round trip to D1.
 * @throws AppError `unavailable` if the page needs the archive, and the archive cannot be read
 */
export async function browseEvents(reading: Reading, listing: ListingQuery): Promise<BrowsedPage> {
  const { page_after, page_size } = listing.query;
  if (page_after !== undefined) return browseAfter(reading, listing, page_after, page_size);
  if (listing.query.page_from !== undefined) return browseBefore(reading, listing, listing.query.page_from);
  const [page, marks] = await fetchNewestPage(reading, EVENT_SUMMARIES, listing, MAX_ACTIVITY_POINTS);
  return { ...toBrowsedPage(page, page_size), newest: { head: page?.head ?? 0, marks } };
}

async function browseBefore(reading: Reading, listing: ListingQuery, from: string): Promise<BrowsedPage> {
  const page = await fetchPageBefore(reading, EVENT_SUMMARIES, listing, { checksForNewer: true });
  const browsed = toBrowsedPage(page, listing.query.page_size);
  // `hasNewer` is only about some of the reader's feeds. An empty page always has a link, so that the reader can go on.
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
async function browseAfter(reading: Reading, listing: ListingQuery, after: string, size: number): Promise<BrowsedPage> {
  const query = { ...listing.query, page_size: size + 1 };
  const { rows, last, isLast } = await fetchPageAfter(reading, EVENT_SUMMARIES, { ...listing, query }, after);
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

/**
 * Returns the ID before or after `id`. A page in the other direction starts there, because both cursors exclude their
 * own ID.
 */
function adjacentId(id: string, step: 1n | -1n): string {
  const next = BigInt(id) + step;
  if (next < 0n) return "0";
  return `${next > LARGEST_ID ? LARGEST_ID : next}`;
}
