import type { EventType } from "../../schemas/event.ts";
import { archiveQuery, type RowWithFloor } from "../archive/archive-query.ts";
import { HAS_OLDER } from "../archive/directory-sql.ts";
import { parseDirectory } from "../archive/directory-rows.ts";
import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { sqlText } from "../sql-text.ts";
import type { FeedRange } from "./feed-range.ts";
import { hasId, type MergedPage } from "./feeds.ts";
import { mergeKey, mergeParameters, mergeSql } from "./merge-sql.ts";
import { EVENT_BYTES, type PageColumns } from "./page-columns.ts";

/**
 * The filters of a listing. An event must match all filters that are set. `since` (inclusive) and `until` (exclusive)
 * are decimal nanoseconds.
 */
export interface EventFilter {
  types?: EventType[] | undefined;
  username?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

export interface FilteredRange extends FeedRange {
  filter: EventFilter;
  /** The maximum number of scanned events. Events that do not match count too. */
  maxScanned: number;
}

export interface FilteredPage<Row> extends MergedPage<Row> {
  /** The ID of the last scanned event. Undefined if the page is full, or if no event was scanned. */
  scannedTo: number | undefined;
  /** The number of scanned events. Only known if the page is not full. */
  scanned: number;
}

/**
 * Merges several feeds with a filter. The result is undefined if nothing is new.
 *
 * The filter is applied to the events themselves, because no index could serve all readers and filters. So the number
 * of scanned events is bounded, and a page may be short. A full page costs one scan. A page that is not full costs a
 * second scan, which finds out how far the first scan went.
 *
 * The matches are kept as a JSON array, so that the statement computes them only once.
 */
export function mergeFilteredFeeds<Row extends { id: number }>(
  db: Database,
  range: FilteredRange,
  columns: PageColumns<Row>,
): Query<FilteredPage<Row> | undefined> {
  const prepare = (readsArchive: boolean) => {
    const key = `mergeFilteredFeeds ${columns.name} ${mergeKey(range, readsArchive)}`;
    const sql = sqlText(key, () => filteredRowsSql(range, columns, readsArchive));
    return db.prepare(sql).bind(...mergeParameters(range), ...filterParameters(range));
  };
  return archiveQuery(db, prepare, (results: ResultRow<Row>[]) => toPage(results, range));
}

function filteredRowsSql<Row>(
  range: FilteredRange,
  { select, onlyIf }: PageColumns<Row>,
  readsArchive: boolean,
): string {
  const options = { readsArchive, wanted: "?6" } as const;
  const { ctes, events, head, hasNewer, directory, floor, order } = mergeSql(range, options);
  return `WITH RECURSIVE ${ctes},
      matches (ids, count, bytes) AS MATERIALIZED (
        SELECT json_group_array(id), count(*), sum(bytes) FROM (
          SELECT events.id, ${EVENT_BYTES} AS bytes
          FROM (${events("?6")}) scanned CROSS JOIN events ON events.id = scanned.event_id
          WHERE ${IS_MATCH} LIMIT +?4)
      ),
      page (ids, bytes, scan) AS MATERIALIZED (
        SELECT ids, bytes, CASE WHEN count < ?4 THEN (
          SELECT json_array(${order === "DESC" ? "min" : "max"}(event_id), count(*)) FROM (${events("?6")})
        ) END FROM matches
      )
    SELECT ${head} AS head, page.scan, ${hasNewer} AS has_newer, ${floor} AS floor,
      iif(coalesce(page_id.key, 0) = 0, ${directory("page.scan->>1 < ?6")}, NULL) AS directory,
      page_id.value AS id, ${select("page_id.value")}
    FROM page LEFT JOIN json_each(page.ids) page_id
      LEFT JOIN events ON events.id = page_id.value AND ${onlyIf("page.bytes")}
    ORDER BY page_id.value ${order}`;
}

/** There is at least one row. If the page has no events, that row has no ID. */
type ResultRow<Row> = (Row | { id: null }) & PageEnd;

/** The columns that have the same value on each row. */
interface PageEnd extends RowWithFloor {
  head: number | null;
  has_newer: number;
  /** JSON: the ID of the last scanned event, and the number of scanned events. Null if the page is full. */
  scan: string | null;
  /** Only the first row has the directory. */
  directory: string | null;
}

function toPage<Row extends { id: number }>(
  results: ResultRow<Row>[],
  range: FilteredRange,
): FilteredPage<Row> | undefined {
  const [row] = results;
  if (row === undefined) throw new Error("D1 returned no row for an aggregate");
  const { head, scan, has_newer, directory } = row;
  if (range.unlessFirstIs !== undefined && range.unlessFirstIs === head) return undefined;
  const [scannedTo, scanned] = scan === null ? [null, 0] : (JSON.parse(scan) as [number | null, number]); // written by the SQL above
  return {
    rows: results.filter(hasId<Row, PageEnd>),
    hasNewer: has_newer === 1,
    head: head ?? 0,
    scannedTo: scannedTo ?? undefined,
    scanned,
    directory: parseDirectory(directory, range.cursor),
  };
}

/** The type and the time of an event, for the chart. */
export interface ActivityPoint {
  type: EventType;
  timestamp: string;
}

/** The activity points of the first matching events of a merge, in no particular order. */
export interface PointsPage extends Pick<FilteredPage<never>, "scanned" | "directory"> {
  points: ActivityPoint[];
}

/** Reads activity points. Reads as many rows as a page with all scanned events. */
export function listActivityPoints(db: Database, range: FilteredRange): Query<PointsPage> {
  const prepare = (readsArchive: boolean) => {
    const sql = sqlText(`listActivityPoints ${mergeKey(range, readsArchive)}`, () => pointsSql(range, readsArchive));
    return db.prepare(sql).bind(...mergeParameters(range), ...filterParameters(range));
  };
  return archiveQuery(db, prepare, (rows: PointsRow[]) => toPoints(rows, range));
}

function pointsSql(range: FilteredRange, readsArchive: boolean): string {
  const { ctes, events, directory, floor } = mergeSql(range, { readsArchive, wanted: "?6" });
  const countScanned = `CASE WHEN count < ?4 AND ${HAS_OLDER} THEN (SELECT count(*) FROM (${events("?6")})) END`;
  return `WITH RECURSIVE ${ctes},
      matches (points, count) AS MATERIALIZED (
        SELECT json_group_array(json_array(type, timestamp)), count(*) FROM (
          SELECT events.type, events.timestamp
          FROM (${events("?6")}) scanned CROSS JOIN events ON events.id = scanned.event_id
          WHERE ${IS_MATCH} LIMIT +?4)
      ),
      page (points, scanned) AS MATERIALIZED (SELECT points, ${readsArchive ? countScanned : "NULL"} FROM matches)
    SELECT points, scanned, ${directory("page.scanned < ?6")} AS directory, ${floor} AS floor FROM page`;
}

interface PointsRow extends RowWithFloor {
  /** JSON: for each event, its type and its timestamp. */
  points: string;
  /** Null if the page is full, or if nothing is archived. */
  scanned: number | null;
  directory: string | null;
}

function toPoints([row]: PointsRow[], range: FilteredRange): PointsPage {
  if (row === undefined) throw new Error("D1 returned no row for an aggregate");
  const pairs = JSON.parse(row.points) as [EventType, string][]; // written by the SQL above
  return {
    points: pairs.map(([type, timestamp]) => ({ type, timestamp })),
    scanned: row.scanned ?? 0,
    directory: parseDirectory(row.directory, range.cursor),
  };
}

/**
 * SQL: the condition that an event matches the filter. Its parameters are ?7 to ?10. Decimals are compared by length,
 * then as texts, because 19 digits may overflow an integer.
 */
export const IS_MATCH = `(?7 IS NULL OR events.type IN (SELECT value FROM json_each(?7)))
              AND (?8 IS NULL OR events.username = ?8)
              AND (?9 IS NULL OR (length(events.timestamp), events.timestamp) >= (length(?9), ?9))
              AND (?10 IS NULL OR (length(events.timestamp), events.timestamp) < (length(?10), ?10))`;

/** Returns the values of the parameters ?6 to ?10. */
export function filterParameters({ maxScanned, filter: { types, username, since, until } }: FilteredRange) {
  return [
    maxScanned,
    types === undefined ? null : JSON.stringify(types),
    username ?? null,
    since ?? null,
    until ?? null,
  ] as const;
}
