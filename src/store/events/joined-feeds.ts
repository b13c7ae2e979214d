import { archiveQuery, type RowWithFloor } from "../archive/archive-query.ts";
import { parseDirectory, type Directory } from "../archive/directory-rows.ts";
import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { sqlText } from "../sql-text.ts";
import type { FeedRange } from "./feed-range.ts";
import { mergeKey, mergeParameters, mergeSql } from "./merge-sql.ts";
import { EVENT_BYTES, MAX_PAGE_BYTES, type PageRow } from "./page-columns.ts";

export interface JoinedRange extends FeedRange {
  /**
   * The number of events that the page shows. If the limit is higher, one more event is read to learn whether more
   * follow.
   */
  shown: number;
}

export interface JoinedPage {
  /** The IDs of all events in D1 up to the limit, in order. */
  ids: number[];
  /**
   * The JSON of the shown events in D1, joined by commas. If one of the events is large, this is a row for each shown
   * event. The same holds in ascending order if the archive has events.
   */
  content: string | PageRow[];
  /** The same as in `MergedPage`. */
  head: number;
  hasNewer: boolean;
  directory: Directory | undefined;
}

/** The maximum size of the joined text. D1 allows 2 MB for a value. */
const MAX_JOINED_BYTES = 1_000_000;

/**
 * Merges several feeds, as `mergeFeeds` does, but returns the events as one text, because a row of a result takes more
 * time than the event in it. The result is undefined if nothing is new.
 *
 * An event is large if it has more than `MAX_JOINED_BYTES` / limit. If the page has a large event, the result has a row
 * for each event, and the statement reads twice as many rows.
 */
export function joinFeeds(db: Database, range: JoinedRange): Query<JoinedPage | undefined> {
  const prepare = (readsArchive: boolean) => {
    const sql = sqlText(`joinFeeds ${mergeKey(range, readsArchive)}`, () => joinedSql(range, readsArchive));
    return db.prepare(sql).bind(...mergeParameters(range), range.shown);
  };
  return archiveQuery(db, prepare, (rows: ResultRow[]) => toPage(rows, range));
}

function joinedSql(range: JoinedRange, readsArchive: boolean): string {
  const { ctes, events, head, hasNewer, directory, floor, order } = mergeSql(range, { readsArchive });
  const isSmall = `${EVENT_BYTES} <= ${MAX_JOINED_BYTES} / ?4`;
  // If a SELECT has one min() or max(), SQLite takes the bare columns from the row with that value. So `last_json` is the
  // JSON of the last event.
  const last = `${order === "DESC" ? "min" : "max"}(p.event_id)`;
  // In ascending order, events of the archive come first, so it is not known how many of these events are shown.
  const isJoined =
    order === "DESC" || !readsArchive ? `sum(${isSmall})` : `iif(${directory("TRUE")} IS NULL, sum(${isSmall}), 0)`;
  return `WITH RECURSIVE ${ctes},
      page (ids, text, last, last_json, small, count, bytes) AS (
        SELECT group_concat(p.event_id), group_concat(CASE WHEN ${isSmall} THEN events.json END), ${last},
          events.json, ${isJoined}, count(*), sum(${EVENT_BYTES})
        FROM (${events("?4")}) p CROSS JOIN events ON events.id = p.event_id
      )
    SELECT ${head} AS head, page.ids, ${hasNewer} AS has_newer, ${floor} AS floor, iif(small = count, text, NULL) AS text,
      iif(coalesce(page_id.key, 0) = 0, ${directory("page.count < ?4")}, NULL) AS directory,
      iif(small = count AND count > ?6, last_json, NULL) AS last_json, page_id.value AS id, events.json,
      CASE WHEN events.id IS NULL THEN (SELECT ${EVENT_BYTES} FROM events WHERE id = page_id.value) END AS unread_bytes
    FROM page LEFT JOIN json_each(iif(small < count, '[' || ids || ']', NULL)) page_id
      LEFT JOIN events ON events.id = page_id.value
        AND (bytes <= ${MAX_PAGE_BYTES} OR ${EVENT_BYTES} <= ${MAX_PAGE_BYTES} / ?4)`;
}

/** A joined page has one row, whose `id` and `json` are null. */
type ResultRow = PageRow &
  RowWithFloor & {
    head: number | null;
    /** The IDs, joined by commas. Null if there are no events. */
    ids: string | null;
    has_newer: number;
    directory: string | null;
    text: string | null;
    /** The JSON of the event that is not shown. Null if all events are shown. */
    last_json: string | null;
  };

function toPage(rows: ResultRow[], range: JoinedRange): JoinedPage | undefined {
  const { unlessFirstIs, shown } = range;
  const [row] = rows;
  if (row === undefined) throw new Error("D1 returned no row for an aggregate");
  if (unlessFirstIs !== undefined && row.head === unlessFirstIs) return undefined;
  const ids = row.ids === null ? [] : row.ids.split(",").map(Number);
  return {
    ids,
    content: contentOf(rows, row, shown),
    head: row.head ?? 0,
    hasNewer: row.has_newer === 1,
    directory: parseDirectory(row.directory, range.cursor),
  };
}

function contentOf(rows: ResultRow[], { ids, text, last_json }: ResultRow, shown: number): JoinedPage["content"] {
  if (ids === null) return "";
  if (text === null) return rows.slice(0, shown); // json_each returns the rows in the order of the array
  if (last_json === null) return text;
  if (!text.endsWith(`,${last_json}`)) throw new Error("D1 joined the events of a page in another order");
  return text.slice(0, -last_json.length - 1);
}
