import type { Database } from "../../store/database.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { lookAfter, lookBefore, type Cursor, type Sought } from "./look.ts";

/** One page of a listing, whichever way its reader came, with the ways on. */
export interface Browsed {
  /** Newest first. */
  rows: EventRow[];
  /** Undefined where nothing is newer, for now. */
  newer: Cursor | undefined;
  /** Undefined where nothing is older. */
  older: Cursor | undefined;
  /** More may match, which was not looked at: filters look at so many events at once. */
  isCut: boolean;
}

const LARGEST_ID = 9_999_999_999_999_999_999n;

/** A page as people turn them, in one query. */
export async function browseEvents(db: Database, sought: Sought): Promise<Browsed> {
  const { page_after, page_size } = sought.query;
  if (page_after !== undefined) return goOn(db, sought, page_after, page_size);
  const { page_from } = sought.query;
  const { rows, next, isPast } = (await lookBefore(db, sought, { asksForPast: page_from !== undefined })) ?? NOTHING;
  // Whether an ID is past is told with the rows: of an empty page, that there may be something is all that is known.
  const mayGoBack = page_from !== undefined && (isPast || rows.length === 0);
  return {
    rows,
    newer: mayGoBack ? { page_after: neighbour(page_from, -1n) } : undefined,
    older: next === 0 ? undefined : { page_from: `${next}` },
    isCut: next !== 0 && rows.length < page_size,
  };
}

/** One more is asked for than the page holds, so that no way on leads to nothing. */
async function goOn(db: Database, sought: Sought, after: string, size: number): Promise<Browsed> {
  const query = { ...sought.query, page_size: size + 1 };
  const { rows, last, isLast } = await lookAfter(db, { ...sought, query }, after);
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

const NOTHING = { rows: [], next: 0, isPast: false };

/** The other cursor excludes its own ID too. */
function neighbour(id: string, step: 1n | -1n): string {
  const next = BigInt(id) + step;
  if (next < 0n) return "0";
  return `${next > LARGEST_ID ? LARGEST_ID : next}`;
}
