import { archiveQuery, type RowWithFloor } from "../archive/archive-query.ts";
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
  const prepare = (readsArchive: boolean) => {
    const key = `mergeFeeds ${columns.name} ${mergeKey(range, readsArchive)}`;
    return db.prepare(sqlText(key, () => mergedRowsSql(range, columns, readsArchive))).bind(...mergeParameters(range));
  };
  return archiveQuery(db, prepare, (results: ResultRow<Row>[]) => toPage(results, range));
}

function mergedRowsSql<Row>(range: FeedRange, { select, onlyIf }: PageColumns<Row>, readsArchive: boolean): string {
  const { ctes, events, head, hasNewer, directory, floor, order } = mergeSql(range, { readsArchive });
  return `WITH RECURSIVE ${ctes},
      page (event_id) AS MATERIALIZED (${events("?4")}),
      total (bytes) AS (SELECT sum(${EVENT_BYTES}) FROM page CROSS JOIN events ON events.id = page.event_id),
      result (event_id, head, has_newer, directory, floor) AS (
        SELECT NULL, ${head}, ${hasNewer}, ${directory("(SELECT count(*) FROM page) < ?4")}, ${floor}
        UNION ALL
        SELECT event_id, NULL, NULL, NULL, NULL FROM page
      )
    SELECT result.event_id AS id, ${select("result.event_id")}, head, has_newer, directory, floor
    FROM result LEFT JOIN events ON events.id = result.event_id AND ${onlyIf("(SELECT bytes FROM total)")}
    ORDER BY result.event_id ${order} NULLS FIRST`;
}

/** The first row has no event. It has the columns that say something about the page, which are null on the other rows. */
type ResultRow<Row> = (Row | { id: null }) & PageFacts;

interface PageFacts extends RowWithFloor {
  head: number | null;
  has_newer: number | null;
  directory: string | null;
}

function toPage<Row extends { id: number }>(
  [facts, ...rows]: ResultRow<Row>[],
  { unlessFirstIs, cursor }: FeedRange,
): MergedPage<Row> | undefined {
  if (facts === undefined) throw new Error("D1 returned no row with the facts of the page");
  const { head, has_newer, directory } = facts;
  if (unlessFirstIs !== undefined && head === unlessFirstIs) return undefined;
  return {
    rows: rows.filter(hasId<Row, PageFacts>),
    head: head ?? 0,
    hasNewer: has_newer === 1,
    directory: parseDirectory(directory, cursor),
  };
}

export function hasId<Row extends { id: number }, Rest>(row: (Row | { id: null }) & Rest): row is Row & Rest {
  return row.id !== null;
}
