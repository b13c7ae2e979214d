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

/** One page of a listing, whichever way its reader came, with the ways on. */
export interface BrowsedPage {
  /** Newest first. */
  rows: EventSummaryRow[];
  /** Undefined where nothing is newer, for now. */
  newer: Cursor | undefined;
  /** Undefined where nothing is older. */
  older: Cursor | undefined;
  /** More may match, which was not looked at: filters look at so many events at once. */
  isCut: boolean;
  /** Only of the newest page, to which no cursor leads. */
  newest?: {
    /** The newest event of the view, whether it matches or not; 0 where there is none. */
    head: number;
    /** Of the newest events that match: more than the page has. */
    marks: ActivityPoint[];
  };
}

/** Enough to see a rhythm, few enough to be read with every newest page. */
const MAX_ACTIVITY_POINTS = 300;
const LARGEST_ID = 9_999_999_999_999_999_999n;

/** A page as people turn them, in one round trip. */
export async function browseEvents(db: Database, sought: ListingQuery): Promise<BrowsedPage> {
  const { page_after, page_size } = sought.query;
  if (page_after !== undefined) return goOn(db, sought, page_after, page_size);
  if (sought.query.page_from !== undefined) return goBack(db, sought, sought.query.page_from);
  const [page, marks] = await fetchNewestPage(db, EVENT_SUMMARIES, sought, MAX_ACTIVITY_POINTS);
  return { ...pageOf(page, page_size), newest: { head: page?.head ?? 0, marks } };
}

async function goBack(db: Database, sought: ListingQuery, from: string): Promise<BrowsedPage> {
  const page = await fetchPageBefore(db, EVENT_SUMMARIES, sought, { checksForNewer: true });
  const browsed = pageOf(page, sought.query.page_size);
  // Whether an ID is past is told with the rows: of an empty page, that there may be something is all that is known.
  const mayBeNewer = page?.hasNewer === true || browsed.rows.length === 0;
  return mayBeNewer ? { ...browsed, newer: { page_after: neighbour(from, -1n) } } : browsed;
}

function pageOf(page: PageBefore<EventSummaryRow> | undefined, size: number): BrowsedPage {
  const { rows = [], next = 0 } = page ?? {};
  return {
    rows,
    newer: undefined,
    older: next === 0 ? undefined : { page_from: `${next}` },
    isCut: next !== 0 && rows.length < size,
  };
}

/** One more is asked for than the page holds, so that no way on leads to nothing. */
async function goOn(db: Database, sought: ListingQuery, after: string, size: number): Promise<BrowsedPage> {
  const query = { ...sought.query, page_size: size + 1 };
  const { rows, last, isLast } = await fetchPageAfter(db, EVENT_SUMMARIES, { ...sought, query }, after);
  const page = rows.slice(0, size);
  const isFull = rows.length > size;
  const end = isFull ? `${page.at(-1)?.id}` : last;
  return {
    rows: page.toReversed(),
    newer: isLast ? undefined : { page_after: end },
    older: { page_from: neighbour(after, 1n) },
    isCut: !isLast && !isFull,
  };
}

/** The other cursor excludes its own ID too. */
function neighbour(id: string, step: 1n | -1n): string {
  const next = BigInt(id) + step;
  if (next < 0n) return "0";
  return `${next > LARGEST_ID ? LARGEST_ID : next}`;
}
