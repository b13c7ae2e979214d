import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { EVENT_BYTES, type PageColumns } from "./page-columns.ts";

/** A feed within a scope: whose it is. */
export type FeedName = readonly [kind: "everyone" | "auditors" | "group", name: string];

export interface FeedRange {
  /** `scopePath` of a scope. */
  scope: string;
  feeds: FeedName[];
  /** IDs below `before`, newest first; or above `after`, oldest first. Decimal, may lie beyond any ID. */
  cursor: { before: string } | { after: string };
  limit: number;
  /** Where the first event is this one, nothing is new, and the answer is undefined. */
  unlessFirstIs?: number | undefined;
  /** Whether to find out if there is an event at or beyond `before`. */
  checksForNewer?: boolean | undefined;
}

export interface MergedPage<Row> {
  rows: Row[];
  /** There is an event at or beyond `before`, so that none can come before it any more: IDs follow the commits. */
  hasNewer: boolean;
}

/** Beyond every ID, and what SQLite makes of any larger decimal. */
export const NEWEST = "9223372036854775807";

/**
 * The merge of some feeds of one scope, in one statement: each event once, in order. Undefined where nothing is new.
 *
 * Rows read: at most 2 × (the page's events, each counted once per feed that has it) + 2 × limit + 6 × feeds + 20. Where
 * an event is larger than its share of a page, the merge is walked a second time to add up the page's bytes.
 */
export function mergeFeeds<Row extends { id: number }>(
  db: Database,
  range: FeedRange,
  { select, onlyIf }: PageColumns<Row>,
): Query<MergedPage<Row> | undefined> {
  const { ctes, merged, order } = mergeOf(range.cursor);
  const statement = db
    .prepare(
      `WITH RECURSIVE ${ctes}, ${merged("merged")}, ${merged("walked")},
        page (event_id) AS (${firstOf("merged")}),
        total (bytes) AS (
          SELECT sum(${EVENT_BYTES}) FROM (${firstOf("walked")}) walk CROSS JOIN events ON events.id = walk.event_id
        ),
        answer (event_id) AS (
          SELECT event_id FROM page UNION ALL SELECT NULL WHERE ?5 IS NOT NULL AND (SELECT event_id FROM head) = ?5
        )
      SELECT answer.event_id AS id, ${select("answer.event_id")}, ${hasNewerColumn(range)} AS has_newer
      FROM answer LEFT JOIN events ON events.id = answer.event_id AND ${onlyIf("(SELECT bytes FROM total)")}
      ORDER BY answer.event_id ${order}`,
    )
    .bind(...mergeParameters(range));
  return { statement, read: (results: Found<Row>[]) => pageOf(results) };
}

type Found<Row> = (Row | { id: null }) & { has_newer: number };

function pageOf<Row extends { id: number }>(results: Found<Row>[]): MergedPage<Row> | undefined {
  const rows = results.filter(isThere<Row, { has_newer: number }>);
  return rows.length < results.length ? undefined : { rows, hasNewer: rows[0]?.has_newer === 1 };
}

export function isThere<Row extends { id: number }, Rest>(row: (Row | { id: null }) & Rest): row is Row & Rest {
  return row.id !== null;
}

/** The first events of a merge, each once. Asked of one name twice, SQLite would walk that one to its very end. */
function firstOf(merged: string): string {
  // +: a bare variable here makes SQLite compile the statement anew on each call, a fifth of a page's time
  return `SELECT DISTINCT event_id FROM ${merged} WHERE event_id IS NOT NULL LIMIT +?4`;
}

const FEEDS_ASKED_FOR_PAST = 20;

/** For a SELECT over `mergeOf`'s tables. */
export function hasNewerColumn({ checksForNewer = false }: FeedRange): string {
  if (!checksForNewer) return "0";
  // Of the first feeds alone: who has more of them may have to ask again, and each costs two rows.
  return `EXISTS (
        SELECT 1 FROM (SELECT feed_id FROM mine LIMIT ${FEEDS_ASKED_FOR_PAST}) some
        CROSS JOIN feed_entries e ON e.feed_id = some.feed_id AND e.event_id >= CAST(?3 AS INTEGER))`;
}

/**
 * The tables of a merge: `seed`, the first entry of each feed; `head`, the first of all; and one of any name in which
 * every entry is in order, an event once for each feed that has it.
 *
 * The recursion's ORDER BY makes its queue a priority queue. It starts with the first entry of each feed; each step
 * takes the first of all and puts the next of the same feed in its place. A LIMIT outside ends the recursion, so the
 * rows read follow the page and the number of feeds, never the history.
 */
export function mergeOf(cursor: FeedRange["cursor"]) {
  const [compare, order] = "before" in cursor ? (["<", "DESC"] as const) : ([">", "ASC"] as const);
  const next = (feed: string, bound: string) =>
    `(SELECT event_id FROM feed_entries WHERE feed_id = ${feed} AND event_id ${compare} ${bound} ORDER BY event_id ${order} LIMIT 1)`;
  const ctes = `
        mine (feed_id) AS MATERIALIZED (
          SELECT f.id FROM json_each(?2) g CROSS JOIN feeds f
          WHERE f.scope = ?1 AND f.kind = g.value->>0 AND f.name = g.value->>1
        ),
        seed (event_id, feed_id) AS MATERIALIZED (
          SELECT ${next("mine.feed_id", "CAST(?3 AS INTEGER)")}, feed_id FROM mine
        ),
        head (event_id) AS MATERIALIZED (SELECT ${order === "DESC" ? "max" : "min"}(event_id) FROM seed)`;
  const merged = (name: string) => `
        ${name} (event_id, feed_id) AS (
          SELECT event_id, feed_id FROM seed
          WHERE event_id IS NOT NULL AND (?5 IS NULL OR (SELECT event_id FROM head) IS NOT ?5)
          UNION ALL
          SELECT ${next(`${name}.feed_id`, `${name}.event_id`)}, feed_id FROM ${name}
          WHERE event_id IS NOT NULL
          ORDER BY 1 ${order}
        )`;
  return { ctes, merged, order };
}

/** ?1 to ?5. */
export function mergeParameters({ scope, feeds, cursor, limit, unlessFirstIs }: FeedRange) {
  const bound = "before" in cursor ? cursor.before : cursor.after;
  return [scope, JSON.stringify(feeds), bound, limit, unlessFirstIs ?? null] as const;
}
