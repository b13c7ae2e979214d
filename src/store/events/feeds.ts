import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { EVENT_BYTES, type PageColumns } from "./page-columns.ts";

/** A feed within a scope. `name` is the name of the group. It is empty for the other two kinds. */
export type FeedName = readonly [kind: "everyone" | "auditors" | "group", name: string];

export interface FeedRange {
  /** The path of the scope, made by `scopePath`. */
  scope: string;
  feeds: FeedName[];
  /**
   * `before`: events with lower IDs, newest first. `after`: events with higher IDs, oldest first. Both are decimals,
   * and may be higher than every ID.
   */
  cursor: { before: string } | { after: string };
  limit: number;
  /** If the first event has this ID, there is nothing new, and the result is undefined. */
  unlessFirstIs?: number | undefined;
  /** True if the caller needs `hasNewer`. */
  checksForNewer?: boolean | undefined;
}

export interface MergedPage<Row> {
  rows: Row[];
  /**
   * True if one of the checked feeds has an event with the ID `before` or a higher one. IDs follow the order of
   * commits, so no event can then be recorded below `before` any more. Always false without `checksForNewer`. Also
   * false on an empty page, unless the merge has a filter.
   */
  hasNewer: boolean;
}

/** A cursor above every ID. SQLite casts every larger decimal to this value. */
export const NEWEST = "9223372036854775807";

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
  { select, onlyIf }: PageColumns<Row>,
): Query<MergedPage<Row> | undefined> {
  const { ctes, mergeAs, order } = mergeSql(range.cursor);
  const statement = db
    .prepare(
      `WITH RECURSIVE ${ctes}, ${mergeAs("merged")}, ${mergeAs("merged_again")},
        page (event_id) AS (${distinctEvents("merged", "?4")}),
        total (bytes) AS (
          SELECT sum(${EVENT_BYTES}) FROM (${distinctEvents("merged_again", "?4")}) m CROSS JOIN events ON events.id = m.event_id
        ),
        result (event_id) AS (
          SELECT event_id FROM page UNION ALL SELECT NULL WHERE ?5 IS NOT NULL AND (SELECT event_id FROM head) = ?5
        )
      SELECT result.event_id AS id, ${select("result.event_id")}, ${hasNewerSql(range)} AS has_newer
      FROM result LEFT JOIN events ON events.id = result.event_id AND ${onlyIf("(SELECT bytes FROM total)")}
      ORDER BY result.event_id ${order}`,
    )
    .bind(...mergeParameters(range));
  return { statement, read: (results: ResultRow<Row>[]) => toPage(results) };
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

/**
 * Returns a SELECT of the first events of a merge, each once. `limit` is the SQL parameter with their number. A
 * statement may use each name of a merge only once: if a statement reads a recursive table twice, SQLite computes that
 * table to its very end, despite the LIMIT.
 */
export function distinctEvents(merged: string, limit: "?4" | "?6"): string {
  // The + is needed. With a bare parameter as the LIMIT, SQLite compiles the statement again on each call. That takes a
  // fifth of a page's time.
  return `SELECT DISTINCT event_id FROM ${merged} WHERE event_id IS NOT NULL LIMIT +${limit}`;
}

const FEEDS_CHECKED_FOR_NEWER = 20;

/** Returns the SQL expression of `hasNewer`, for a SELECT with the tables of `mergeSql`. */
export function hasNewerSql({ checksForNewer = false }: FeedRange): string {
  if (!checksForNewer) return "0";
  // Only the first 20 feeds are checked, and each costs two rows. If only another feed has a newer event, the result is
  // false.
  return `EXISTS (
        SELECT 1 FROM (SELECT feed_id FROM my_feeds LIMIT ${FEEDS_CHECKED_FOR_NEWER}) some
        CROSS JOIN feed_entries e ON e.feed_id = some.feed_id AND e.event_id >= CAST(?3 AS INTEGER))`;
}

/**
 * Returns the tables of a merge. `ctes` has three: `my_feeds`; `seed`, the first entry of each feed; and `head`, the
 * first event in `seed`. `mergeAs` makes a table with the given name and all entries in order. In that table, an event
 * comes once for each feed that has it.
 *
 * The ORDER BY of the recursion makes SQLite keep the waiting rows in a priority queue. At the start, the queue has the
 * first entry of each feed. Each step takes the first entry out of the queue, and adds the next entry of the same feed.
 * The LIMIT of the outer SELECT ends the recursion. So the number of rows read depends on the page and on the number of
 * feeds, and never on the history.
 */
export function mergeSql(cursor: FeedRange["cursor"]) {
  const [compare, order] = "before" in cursor ? (["<", "DESC"] as const) : ([">", "ASC"] as const);
  const nextEntry = (feed: string, bound: string) =>
    `(SELECT event_id FROM feed_entries WHERE feed_id = ${feed} AND event_id ${compare} ${bound} ORDER BY event_id ${order} LIMIT 1)`;
  const ctes = `
        my_feeds (feed_id) AS MATERIALIZED (
          SELECT f.id FROM json_each(?2) g CROSS JOIN feeds f
          WHERE f.scope = ?1 AND f.kind = g.value->>0 AND f.name = g.value->>1
        ),
        seed (event_id, feed_id) AS MATERIALIZED (
          SELECT ${nextEntry("my_feeds.feed_id", "CAST(?3 AS INTEGER)")}, feed_id FROM my_feeds
        ),
        head (event_id) AS MATERIALIZED (SELECT ${order === "DESC" ? "max" : "min"}(event_id) FROM seed)`;
  const mergeAs = (name: string) => `
        ${name} (event_id, feed_id) AS (
          SELECT event_id, feed_id FROM seed
          WHERE event_id IS NOT NULL AND (?5 IS NULL OR (SELECT event_id FROM head) IS NOT ?5)
          UNION ALL
          SELECT ${nextEntry(`${name}.feed_id`, `${name}.event_id`)}, feed_id FROM ${name}
          WHERE event_id IS NOT NULL
          ORDER BY 1 ${order}
        )`;
  return { ctes, mergeAs, order };
}

/** Returns the values of the parameters ?1 to ?5. */
export function mergeParameters({ scope, feeds, cursor, limit, unlessFirstIs }: FeedRange) {
  const bound = "before" in cursor ? cursor.before : cursor.after;
  return [scope, JSON.stringify(feeds), bound, limit, unlessFirstIs ?? null] as const;
}
