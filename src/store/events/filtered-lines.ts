import { archiveQuery, type RowWithFloor } from "../archive/archive-query.ts";
import { parseDirectory } from "../archive/directory-rows.ts";
import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { sqlText } from "../sql-text.ts";
import { LINE_AGGREGATES, linesOf, parseLines } from "./event-lines.ts";
import { filterParameters, IS_MATCH, type FilteredPage, type FilteredRange } from "./filtered-feeds.ts";
import type { LinesRange } from "./joined-lines.ts";
import { mergeKey, mergeParameters, mergeSql } from "./merge-sql.ts";
import type { PageRow } from "./page-columns.ts";

export type FilteredLinesRange = FilteredRange & LinesRange;

/** With `isCut`, more events may match. If the events were too large together, `scannedTo` is the last one returned. */
type FilteredLinesPage = Pick<FilteredPage<PageRow>, "rows" | "scannedTo" | "scanned" | "directory"> & {
  isCut: boolean;
};

/** Merges several feeds with a filter, oldest first, as `mergeFilteredFeeds` does. D1 returns the events as one text. */
export function joinFilteredLines(db: Database, range: FilteredLinesRange): Query<FilteredLinesPage> {
  const prepare = (readsArchive: boolean) => {
    const sql = sqlText(`joinFilteredLines ${mergeKey(range, readsArchive)}`, () => filteredSql(range, readsArchive));
    return db.prepare(sql).bind(...mergeParameters(range), ...filterParameters(range), range.maxBytes);
  };
  return archiveQuery(db, prepare, (rows: ResultRow[]) => toPage(rows, range));
}

function filteredSql(range: FilteredLinesRange, readsArchive: boolean): string {
  const { ctes, events, directory, floor } = mergeSql(range, { readsArchive, wanted: "?6" });
  return `WITH RECURSIVE ${ctes},
      matches AS MATERIALIZED (
        SELECT ${LINE_AGGREGATES} FROM (
          SELECT events.id, events.json FROM (${events("?6")}) scanned CROSS JOIN events ON events.id = scanned.event_id
          WHERE ${IS_MATCH} LIMIT +?4) events
      ),
      page AS MATERIALIZED (
        SELECT *, CASE WHEN count < ?4 THEN (SELECT json_array(max(event_id), count(*)) FROM (${events("?6")})) END AS scan
        FROM matches
      )
    SELECT count, scan, ${directory("page.scan->>1 < ?6")} AS directory, ${floor} AS floor, ${linesOf("?11")} AS text FROM page`;
}

interface ResultRow extends RowWithFloor {
  count: number;
  /** JSON: the ID of the last scanned event, and the number of scanned events. Null if the page is full. */
  scan: string | null;
  directory: string | null;
  /** May have fewer events than `count`. Null if there are no events. */
  text: string | null;
}

function toPage([row]: ResultRow[], { cursor, maxScanned }: FilteredLinesRange): FilteredLinesPage {
  if (row === undefined) throw new Error("D1 returned no row for an aggregate");
  const rows = parseLines(row.text);
  const [scannedTo, scanned] = row.scan === null ? [null, 0] : (JSON.parse(row.scan) as [number | null, number]); // written by the SQL above
  const isCut = rows.length < row.count;
  return {
    rows,
    scanned,
    scannedTo: (isCut ? rows.at(-1)?.id : scannedTo) ?? undefined,
    isCut: isCut || scanned === maxScanned,
    directory: parseDirectory(row.directory, cursor),
  };
}
