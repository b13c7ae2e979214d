import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { sqlText } from "../sql-text.ts";
import type { FeedRange } from "./feed-range.ts";
import { mergeKey, mergeParameters, mergeSql } from "./merge-sql.ts";
import { EVENT_BYTES, type PageColumns } from "./page-columns.ts";

export interface MergedPage<Row> {
  rows: Row[];
  /**
   * True if one of the checked feeds has an event with the ID `before` or a higher one. IDs follow the order of
   * commits, so no event can then be recorded below `before` any more. Always false without `checksForNewer`. Also
   * false on an empty page, unless the merge has a filter.
   */
  hasNewer: boolean;
}

/**
 * Merges several feeds of one scope in one statement. Each event comes once, in the order of the cursor. The result is
 * undefined if nothing is new (`unlessFirstIs`).
 *
 * Reads at most 2 × entries + 2 × limit + 6 × feeds + 20 rows. The entries are those of the page's events: an event
 * that is in two of the feeds counts twice. If an event is larger than 2 MB / limit, the merge runs a second time to
 * add up the bytes of the page.
 */
export function mergeFeeds<Row extends { id: number }>(
  db: Database,
  range: FeedRange,
  columns: PageColumns<Row>,
): Query<MergedPage<Row> | undefined> {
  const sql = sqlText(`mergeFeeds ${columns.name} ${mergeKey(range)}`, () => mergedRowsSql(range, columns));
  const statement = db.prepare(sql).bind(...mergeParameters(range));
  return { statement, read: (results: ResultRow<Row>[]) => toPage(results) };
}

function mergedRowsSql<Row>(range: FeedRange, { select, onlyIf }: PageColumns<Row>): string {
  const { ctes, events, head, hasNewer, order } = mergeSql(range);
  return `WITH RECURSIVE ${ctes},
      page (event_id) AS (${events("?4")}),
      total (bytes) AS (
        SELECT sum(${EVENT_BYTES}) FROM (${events("?4")}) m CROSS JOIN events ON events.id = m.event_id
      ),
      result (event_id) AS (SELECT event_id FROM page UNION ALL SELECT NULL WHERE ?5 IS NOT NULL AND ${head} = ?5)
    SELECT result.event_id AS id, ${select("result.event_id")}, ${hasNewer} AS has_newer
    FROM result LEFT JOIN events ON events.id = result.event_id AND ${onlyIf("(SELECT bytes FROM total)")}
    ORDER BY result.event_id ${order}`;
}

/** A row whose ID is null says that nothing is new. */
type ResultRow<Row> = (Row | { id: null }) & { has_newer: number };

function toPage<Row extends { id: number }>(results: ResultRow<Row>[]): MergedPage<Row> | undefined {
  const rows = results.filter(hasId<Row, { has_newer: number }>);
  return rows.length < results.length ? undefined : { rows, hasNewer: rows[0]?.has_newer === 1 };
}

export function hasId<Row extends { id: number }, Rest>(row: (Row | { id: null }) & Rest): row is Row & Rest {
  return row.id !== null;
}
