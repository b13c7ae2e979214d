import { parseDirectory, type Directory } from "../archive/directory-rows.ts";
import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { sqlText } from "../sql-text.ts";
import type { FeedRange } from "./feed-range.ts";
import { mergeKey, mergeParameters, mergeSql } from "./merge-sql.ts";
import { EVENT_BYTES, type PageColumns } from "./page-columns.ts";

export interface MergedPage<Row> {
  /** The events in D1. */
  rows: Row[];
  /** The ID of the first event in D1; 0 if there is none. */
  head: number;
  /**
   * True if one of the checked feeds has an event with the ID `before` or a higher one. IDs follow the order of
   * commits, so no event can then be recorded below `before` any more. Always false without `checksForNewer`.
   */
  hasNewer: boolean;
  /**
   * Where the lists of the events in the archive are. In descending order, these events come after the rows, and in
   * ascending order, they come before the rows. Undefined if the page needs no event of the archive.
   */
  directory: Directory | undefined;
}

/**
 * Merges several feeds of one scope in one statement. Each event comes once, in the order of the cursor. The result is
 * undefined if nothing is new (`unlessFirstIs`).
 *
 * Reads at most 2 × entries + 2 × limit + 6 × feeds + 20 rows. The entries are those of the page's events: an event
 * that is in two of the feeds counts twice. If the page needs events of the archive, twice as many rows and 60 more.
 */
export function mergeFeeds<Row extends { id: number }>(
  db: Database,
  range: FeedRange,
  columns: PageColumns<Row>,
): Query<MergedPage<Row> | undefined> {
  const sql = sqlText(`mergeFeeds ${columns.name} ${mergeKey(range)}`, () => mergedRowsSql(range, columns));
  const statement = db.prepare(sql).bind(...mergeParameters(range));
  return { statement, read: (results: ResultRow<Row>[]) => toPage(results, range) };
}

function mergedRowsSql<Row>(range: FeedRange, { select, onlyIf }: PageColumns<Row>): string {
  const { ctes, events, head, hasNewer, directory, order } = mergeSql(range);
  return `WITH RECURSIVE ${ctes},
      page (event_id) AS MATERIALIZED (${events("?4")}),
      total (bytes) AS (SELECT sum(${EVENT_BYTES}) FROM page CROSS JOIN events ON events.id = page.event_id),
      archive (directory) AS MATERIALIZED (SELECT ${directory("(SELECT count(*) FROM page) < ?4")}),
      result (event_id, directory) AS (
        SELECT event_id, NULL FROM page
        UNION ALL
        SELECT NULL, directory FROM archive
        WHERE directory IS NOT NULL OR (?5 IS NOT NULL AND ${head} = ?5)
      )
    SELECT result.event_id AS id, ${select("result.event_id")}, ${hasNewer} AS has_newer, result.directory
    FROM result LEFT JOIN events ON events.id = result.event_id AND ${onlyIf("(SELECT bytes FROM total)")}
    ORDER BY result.event_id ${order}`;
}

/** A row whose ID is null has the directory. If it has none, nothing is new. */
type ResultRow<Row> = (Row | { id: null }) & { has_newer: number; directory: string | null };

function toPage<Row extends { id: number }>(results: ResultRow<Row>[], range: FeedRange): MergedPage<Row> | undefined {
  const rows = results.filter(hasId<Row, { has_newer: number; directory: string | null }>);
  const directory = parseDirectory(results.find(({ id }) => id === null)?.directory ?? null, range.cursor);
  if (rows.length < results.length && directory === undefined) return undefined;
  return { rows, head: rows[0]?.id ?? 0, hasNewer: results[0]?.has_newer === 1, directory };
}

export function hasId<Row extends { id: number }, Rest>(row: (Row | { id: null }) & Rest): row is Row & Rest {
  return row.id !== null;
}
