import { archiveQuery, type RowWithFloor } from "../archive/archive-query.ts";
import { parseDirectory, type Directory } from "../archive/directory-rows.ts";
import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { sqlText } from "../sql-text.ts";
import { LINE_AGGREGATES, linesOf, parseLines } from "./event-lines.ts";
import type { FeedRange } from "./feed-range.ts";
import { mergeKey, mergeParameters, mergeSql } from "./merge-sql.ts";
import type { PageRow } from "./page-columns.ts";

/** A range with a cursor `after`. */
export interface LinesRange extends FeedRange {
  /** The limit for the size of all events together. A single larger event is returned alone. At most 1 MiB. */
  maxBytes: number;
}

export interface LinesPage {
  /** The events in D1, oldest first. */
  rows: PageRow[];
  /** True if the page ends early, because the next event would exceed `maxBytes`. */
  isCut: boolean;
  /** The same as in `MergedPage`. */
  directory: Directory | undefined;
}

/**
 * Merges several feeds, oldest first, as `mergeFeeds` does. D1 returns the events as one text, because each row of a result
 * takes more time than the event in it.
 *
 * Reads two rows for each event up to the limit. If an event is large, or if the page ends early, reads four more rows for
 * each event of the page.
 */
export function joinLines(db: Database, range: LinesRange): Query<LinesPage> {
  const prepare = (readsArchive: boolean) => {
    const sql = sqlText(`joinLines ${mergeKey(range, readsArchive)}`, () => linesSql(range, readsArchive));
    return db.prepare(sql).bind(...mergeParameters(range), range.maxBytes);
  };
  return archiveQuery(db, prepare, (rows: ResultRow[]) => toPage(rows, range));
}

function linesSql(range: LinesRange, readsArchive: boolean): string {
  const { ctes, events, directory, floor } = mergeSql(range, { readsArchive });
  return `WITH RECURSIVE ${ctes},
      page AS MATERIALIZED (
        SELECT ${LINE_AGGREGATES} FROM (${events("?4")}) p CROSS JOIN events ON events.id = p.event_id
      )
    SELECT count, ${directory("page.count < ?4")} AS directory, ${floor} AS floor, ${linesOf("?6")} AS text FROM page`;
}

interface ResultRow extends RowWithFloor {
  count: number;
  directory: string | null;
  /** May have fewer events than `count`. Null if there are no events. */
  text: string | null;
}

function toPage([row]: ResultRow[], { cursor }: LinesRange): LinesPage {
  if (row === undefined) throw new Error("D1 returned no row for an aggregate");
  const rows = parseLines(row.text);
  return { rows, isCut: rows.length < row.count, directory: parseDirectory(row.directory, cursor) };
}
