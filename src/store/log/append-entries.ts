import { SEGMENT_COLUMNS, toSegment, type ArchivedSegment, type SegmentColumns } from "../archive/located-events.ts";
import type { Database } from "../database.ts";
import { runBatch, type Query } from "../query.ts";
import { lastBundleQuery, type BundleRow } from "./bundle-rows.ts";
import type { LogRun } from "./log-runs.ts";
import { insertEmptyState, logStateQuery, type LogState, type StoredTree } from "./log-state.ts";
import { OPENABLE_EVENT, toOpenableEvents, type OpenableEvent } from "./openable-events.ts";
import { partialTilesQuery, type TileRow } from "./tile-rows.ts";

/** Everything that an append needs to know, read at one moment. */
export interface Appendable {
  state: LogState | undefined;
  /** The partial bundle and the partial tiles. They are the right edge of the tree. */
  edge: { bundle: BundleRow | undefined; tiles: TileRow[] };
  /** The events after the event of the last entry, in ascending order of ID. Empty if `archived` is set. */
  events: OpenableEvent[];
  /**
   * The oldest events without an entry, if they are in the archive: those of `segment` after the ID `after`. This happens
   * if the log was switched on, or was stopped, after events were moved.
   */
  archived: { segment: ArchivedSegment; after: number } | undefined;
}

/**
 * Reads everything that an append needs, in one transaction.
 * @param limits the limits for the events. The first event is read whatever its size.
 */
export async function readAppendable(db: Database, limits: { events: number; bytes: number }): Promise<Appendable> {
  const [state, bundle, tiles, events, archived] = await runBatch<
    [LogState | undefined, BundleRow | undefined, TileRow[], OpenableEvent[], Appendable["archived"]]
  >(
    db,
    logStateQuery(db),
    lastBundleQuery(db),
    partialTilesQuery(db),
    unloggedEventsQuery(db, limits),
    unloggedSegmentQuery(db),
  );
  return { state, edge: { bundle, tiles }, events, archived };
}

/** SQL: the event ID of the last entry, and where the archive begins and ends. */
const LAST_LOGGED = "coalesce((SELECT last_event_id FROM log_state WHERE id = 1), 0)";
const BOUNDARY = "coalesce((SELECT boundary FROM archive_state WHERE id = 1), 0)";

/**
 * Reads the events in D1 that have no entry yet, or nothing while the archive has such events. The inner query adds up
 * only the lengths of the events, so SQLite holds no event that is not returned. The outer query has no ORDER BY,
 * because D1 counts each sorted row as a row read.
 */
function unloggedEventsQuery(db: Database, limits: { events: number; bytes: number }): Query<OpenableEvent[]> {
  const statement = db
    .prepare(
      `SELECT ${OPENABLE_EVENT}
      FROM (SELECT id, sum(bytes) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
        FROM (SELECT id, octet_length(json) AS bytes FROM events
          WHERE id > max(${LAST_LOGGED}, ${BOUNDARY})
            AND NOT EXISTS (SELECT 1 FROM archive_state WHERE id = 1 AND boundary > max(${LAST_LOGGED}, deleted_to))
          ORDER BY id LIMIT ?1)) next
      CROSS JOIN events ON events.id = next.id WHERE next.bytes_before < ?2`,
    )
    .bind(limits.events, limits.bytes);
  return { statement, read: toOpenableEvents };
}

/** Finds the oldest segment that has events without an entry. */
function unloggedSegmentQuery(db: Database): Query<Appendable["archived"]> {
  const statement = db.prepare(
    `WITH unlogged (after, boundary) AS (
      SELECT max(${LAST_LOGGED}, deleted_to), boundary FROM archive_state
      WHERE id = 1 AND boundary > max(${LAST_LOGGED}, deleted_to)
    )
    SELECT ${SEGMENT_COLUMNS}, unlogged.after
    FROM unlogged CROSS JOIN archive_segments segment
    WHERE segment.last_event_id > unlogged.after AND segment.first_event_id <= unlogged.boundary
      AND segment.first_event_id >= coalesce(
        (SELECT max(first_event_id) FROM archive_segments WHERE first_event_id <= unlogged.after), 0)
    ORDER BY segment.first_event_id LIMIT 1`,
  );
  return {
    statement,
    read: ([row]: (SegmentColumns & { after: number })[]) => {
      const segment = row && toSegment(row);
      return row && segment && { segment, after: row.after };
    },
  };
}

/** The changes that turn the tree `before` into the tree `after`. */
export interface Append {
  before: StoredTree;
  after: StoredTree & Pick<LogState, "last_event_id">;
  /** The old last bundle, if the append adds entries to this bundle, and the new bundles. */
  bundles: Omit<BundleRow, "runs">[];
  tiles: TileRow[];
  runs: LogRun[];
}

/**
 * Stores an append in one transaction. Returns false, and changes nothing, if D1's tree is not `before`, or if the log
 * is stopped. The statement that updates `log_state` is the last one, because the other statements need the old row.
 */
export async function insertAppend(db: Database, append: Append): Promise<boolean> {
  const { before, after, bundles, tiles, runs } = append;
  const results = await db.batch([
    ...(before.size === 0 ? [insertEmptyState(db, before.root)] : []),
    upsertBundles(db, before, bundles),
    ...(tiles.length > 0 ? [upsertTiles(db, before, tiles)] : []),
    ...(runs.length > 0 ? [insertRuns(db, before, runs)] : []),
    db
      .prepare(`UPDATE log_state SET size = ?3, root = ?4, last_event_id = ?5 WHERE ${IS_UNCHANGED}`)
      .bind(before.size, before.root, after.size, after.root, after.last_event_id),
  ]);
  return results.at(-1)?.meta.changes === 1;
}

/** An SQL condition on the row of `log_state`: the log is not stopped, and the tree has the size ?1 and the root ?2. */
const IS_UNCHANGED = "id = 1 AND size = ?1 AND root = ?2 AND stopped_reason IS NULL";

/**
 * SQL for a statement that inserts the items of the JSON array ?3. The result is the array if `IS_UNCHANGED` is true.
 * Otherwise it is NULL, and the statement inserts no rows.
 */
const IF_UNCHANGED = `CASE WHEN EXISTS (SELECT 1 FROM log_state WHERE ${IS_UNCHANGED}) THEN ?3 END`;

function upsertBundles(db: Database, { size, root }: StoredTree, bundles: Append["bundles"]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO log_bundles (number, entries)
      SELECT value->>0, unhex(value->>1) FROM json_each(${IF_UNCHANGED}) WHERE TRUE
      ON CONFLICT (number) DO UPDATE SET entries = excluded.entries`,
    )
    .bind(size, root, JSON.stringify(bundles.map(({ number, entries }) => [number, entries.toHex()])));
}

function upsertTiles(db: Database, { size, root }: StoredTree, tiles: TileRow[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO log_tiles (level, number, hashes)
      SELECT value->>0, value->>1, unhex(value->>2) FROM json_each(${IF_UNCHANGED}) WHERE TRUE
      ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes`,
    )
    .bind(size, root, JSON.stringify(tiles.map(({ level, number, hashes }) => [level, number, hashes.toHex()])));
}

function insertRuns(db: Database, { size, root }: StoredTree, runs: LogRun[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO log_runs (first_event_id, first_index)
      SELECT value->>0, value->>1 FROM json_each(${IF_UNCHANGED})`,
    )
    .bind(size, root, JSON.stringify(runs.map(({ first_event_id, first_index }) => [first_event_id, first_index])));
}
