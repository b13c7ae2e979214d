import type { EventType } from "../schemas/event.ts";
import type { Database } from "./database.ts";
import { EVENT_COLUMNS, type EventRow } from "./event-rows.ts";
import { mergeOf, mergeParameters, type FeedRange } from "./feeds.ts";

/** What an event must be, beyond lying in the scope. Times are decimals in nanoseconds; `until` is the first left out. */
export interface EventFilter {
  types?: EventType[] | undefined;
  username?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

export interface FilteredRange extends FeedRange {
  filter: EventFilter;
  /** How many events are looked at, whether they match or not. */
  mostLookedAt: number;
}

export interface FilteredPage {
  rows: EventRow[];
  /** The first event of all, also where it does not match; 0 where there is none. */
  head: number;
  /** Where the page is not full: the last event looked at, if any. */
  lookedTo: number | undefined;
  /** There is more to look at behind it. */
  isCut: boolean;
}

/**
 * The merge of some feeds, as far as it matches. A full page costs what was looked at for it; one that is not costs a
 * second walk, to tell how far that went. Undefined where nothing is new. Filters look at the events themselves, for
 * which no index could serve all readers: so what is looked at is bounded, and a page may be short.
 */
export async function mergeFilteredFeeds(db: Database, range: FilteredRange): Promise<FilteredPage | undefined> {
  const { ctes, order } = mergeOf(range.cursor);
  const { types, username, since, until } = range.filter;
  const { results } = await db
    .prepare(
      `WITH RECURSIVE ${ctes},
        looked (event_id) AS NOT MATERIALIZED (
          SELECT DISTINCT event_id FROM merged WHERE event_id IS NOT NULL LIMIT +?6
        ),
        page AS MATERIALIZED (
          SELECT ${EVENT_COLUMNS} FROM looked CROSS JOIN events ON events.id = looked.event_id
          WHERE (?7 IS NULL OR events.type IN (SELECT value FROM json_each(?7)))
            AND (?8 IS NULL OR events.username = ?8)
            -- canonical decimals compare as numbers by their length first: 19 digits are too many for an integer
            AND (?9 IS NULL OR (length(events.timestamp), events.timestamp) >= (length(?9), ?9))
            AND (?10 IS NULL OR (length(events.timestamp), events.timestamp) < (length(?10), ?10))
          LIMIT +?4
        ),
        walk (looked_to, looked_at) AS (
          SELECT ${order === "DESC" ? "min" : "max"}(event_id), count(*) FROM looked
          WHERE (SELECT count(*) FROM page) < ?4
        )
      SELECT page.*, NULL AS head, NULL AS looked_to, NULL AS looked_at FROM page
      UNION ALL
      SELECT ${EVENT_COLUMNS.split(",")
        .map(() => "NULL")
        .join(", ")}, (SELECT event_id FROM head), looked_to, looked_at FROM walk`,
    )
    .bind(
      ...mergeParameters(range),
      range.mostLookedAt,
      types === undefined ? null : JSON.stringify(types),
      username ?? null,
      since ?? null,
      until ?? null,
    )
    .all<PageRow>();
  const end = results.at(-1);
  const head = end?.head ?? 0;
  if (range.unlessFirstIs !== undefined && range.unlessFirstIs === head) return undefined;
  return {
    rows: results.slice(0, -1).filter((row) => row.id !== null),
    head,
    lookedTo: end?.looked_to ?? undefined,
    isCut: end?.looked_at === range.mostLookedAt,
  };
}

type PageRow = (EventRow | { id: null }) & { head: number | null; looked_to: number | null; looked_at: number };
