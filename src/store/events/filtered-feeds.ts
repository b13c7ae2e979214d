import type { EventType } from "../../schemas/event.ts";
import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { hasNewerColumn, isThere, mergeOf, mergeParameters, type FeedRange, type MergedPage } from "./feeds.ts";
import { EVENT_BYTES, type PageColumns } from "./page-columns.ts";

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
  maxScanned: number;
}

export interface FilteredPage<Row> extends MergedPage<Row> {
  /** The first event of all, also where it does not match; 0 where there is none. */
  head: number;
  /** Where the page is not full: the last event looked at, if any. */
  scannedTo: number | undefined;
  /** There is more to look at behind it. */
  isCut: boolean;
}

/**
 * The merge of some feeds, as far as it matches. A full page costs what was looked at for it; one that is not costs a
 * second walk, to tell how far that went. Undefined where nothing is new. Filters look at the events themselves, for
 * which no index could serve all readers: so what is looked at is bounded, and a page may be short.
 *
 * Each table is asked once, and what is found becomes a JSON array: asked twice, SQLite walks a recursion to its very end.
 */
export function mergeFilteredFeeds<Row extends { id: number }>(
  db: Database,
  range: FilteredRange,
  { select, onlyIf }: PageColumns<Row>,
): Query<FilteredPage<Row> | undefined> {
  const { ctes, merged, order } = mergeOf(range.cursor);
  const statement = db
    .prepare(
      `WITH RECURSIVE ${ctes}, ${merged("merged")}, ${merged("walked")},
        found (ids, count, bytes) AS MATERIALIZED (
          SELECT json_group_array(id), count(*), sum(bytes) FROM (
            SELECT events.id, ${EVENT_BYTES} AS bytes FROM (${firstOf("merged")}) looked CROSS JOIN events ON events.id = looked.event_id
            WHERE ${MATCHES} LIMIT +?4)
        ),
        page (ids, bytes, walk) AS MATERIALIZED (
          SELECT ids, bytes, CASE WHEN count < ?4 THEN (
            SELECT json_array(${order === "DESC" ? "min" : "max"}(event_id), count(*)) FROM (${firstOf("walked")})
          ) END FROM found
        )
      SELECT (SELECT event_id FROM head) AS head, page.walk, ${hasNewerColumn(range)} AS has_newer,
        found_id.value AS id, ${select("found_id.value")}
      FROM page LEFT JOIN json_each(page.ids) found_id
        LEFT JOIN events ON events.id = found_id.value AND ${onlyIf("page.bytes")}
      ORDER BY found_id.value ${order}`,
    )
    .bind(...mergeParameters(range), ...filterParameters(range));
  return { statement, read: (results: FoundRow<Row>[]) => pageOf(results, range) };
}

type FoundRow<Row> = (Row | { id: null }) & PageEnd;

function pageOf<Row extends { id: number }>(
  results: FoundRow<Row>[],
  range: FilteredRange,
): FilteredPage<Row> | undefined {
  const { head, walk, has_newer } = results[0] ?? { head: null, walk: null, has_newer: 0 };
  if (range.unlessFirstIs !== undefined && range.unlessFirstIs === head) return undefined;
  const [scannedTo, lookedAt] = walk === null ? [null, 0] : (JSON.parse(walk) as [number | null, number]); // made above
  return {
    rows: results.filter(isThere<Row, PageEnd>),
    hasNewer: has_newer === 1,
    head: head ?? 0,
    scannedTo: scannedTo ?? undefined,
    isCut: lookedAt === range.maxScanned,
  };
}

/** A condition on `events`: the filter, in parameters ?7 to ?10. */
export const MATCHES = `(?7 IS NULL OR events.type IN (SELECT value FROM json_each(?7)))
              AND (?8 IS NULL OR events.username = ?8)
              -- canonical decimals compare as numbers by their length first: 19 digits are too many for an integer
              AND (?9 IS NULL OR (length(events.timestamp), events.timestamp) >= (length(?9), ?9))
              AND (?10 IS NULL OR (length(events.timestamp), events.timestamp) < (length(?10), ?10))`;

/** For the parameters ?6 to ?10. */
export function filterParameters({ maxScanned, filter: { types, username, since, until } }: FilteredRange) {
  return [
    maxScanned,
    types === undefined ? null : JSON.stringify(types),
    username ?? null,
    since ?? null,
    until ?? null,
  ] as const;
}

export function firstOf(merged: string): string {
  return `SELECT DISTINCT event_id FROM ${merged} WHERE event_id IS NOT NULL LIMIT +?6`;
}

/** On every row, of which there is one at least. */
interface PageEnd {
  head: number | null;
  has_newer: number;
  /** JSON: the last event looked at, and how many were; null where the page is full. */
  walk: string | null;
}
