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

/** The IDs of the page are kept as a JSON array, so that the statement computes them only once. */
function mergedRowsSql<Row>(range: FeedRange, { select, onlyIf }: PageColumns<Row>): string {
  const { ctes, events, head, hasNewer, directory, order } = mergeSql(range);
  return `WITH RECURSIVE ${ctes},
      page (ids, count) AS MATERIALIZED (SELECT json_group_array(event_id), count(*) FROM (${events("?4")})),
      total (bytes) AS (
        SELECT sum(${EVENT_BYTES}) FROM page CROSS JOIN json_each(page.ids) m CROSS JOIN events ON events.id = m.value
      )
    SELECT ${head} AS head, ${hasNewer} AS has_newer,
      iif(coalesce(page_id.key, 0) = 0, ${directory("page.count < ?4")}, NULL) AS directory,
      page_id.value AS id, ${select("page_id.value")}
    FROM page LEFT JOIN json_each(page.ids) page_id
      LEFT JOIN events ON events.id = page_id.value AND ${onlyIf("(SELECT bytes FROM total)")}
    ORDER BY page_id.value ${order}`;
}

/** There is at least one row. If D1 has no events, that row has no ID. */
type ResultRow<Row> = (Row | { id: null }) & PageStart;

/** The columns that are the same for the whole page. Only the first row has the directory. */
interface PageStart {
  head: number | null;
  has_newer: number;
  directory: string | null;
}

function toPage<Row extends { id: number }>(
  results: ResultRow<Row>[],
  { feeds, limit, unlessFirstIs }: FeedRange,
): MergedPage<Row> | undefined {
  const { head, has_newer, directory } = results[0] ?? { head: null, has_newer: 0, directory: null };
  if (unlessFirstIs !== undefined && unlessFirstIs === head) return undefined;
  return {
    rows: results.filter(hasId<Row, PageStart>),
    head: head ?? 0,
    hasNewer: has_newer === 1,
    directory: parseDirectory(directory, limit, feeds.length),
  };
}

export function hasId<Row extends { id: number }, Rest>(row: (Row | { id: null }) & Rest): row is Row & Rest {
  return row.id !== null;
}
