import type { Database } from "../database.ts";
import { runBatch, type Query } from "../query.ts";
import { lastBundleQuery, type BundleRow } from "./bundle-rows.ts";
import type { LogRun } from "./log-runs.ts";
import { insertEmptyState, logStateQuery, type LogState, type StoredTree } from "./log-state.ts";
import { OPENABLE_EVENT, toOpenableEvents, type OpenableEvent } from "./openable-events.ts";
import { partialTilesQuery, type TileRow } from "./tile-rows.ts";

/** Everything that an append needs to know, as it was at one moment. */
export interface Appendable {
  state: LogState | undefined;
  /** What is on the right edge of the tree. */
  edge: { bundle: BundleRow | undefined; tiles: TileRow[] };
  /** In ascending order of ID: those after the last entry's. */
  events: OpenableEvent[];
}

/** @param limits of the events that are read; one is read whatever its size */
export async function readAppendable(db: Database, limits: { events: number; bytes: number }): Promise<Appendable> {
  const [state, bundle, tiles, events] = await runBatch<
    [LogState | undefined, BundleRow | undefined, TileRow[], OpenableEvent[]]
  >(db, logStateQuery(db), lastBundleQuery(db), partialTilesQuery(db), unloggedEventsQuery(db, limits));
  return { state, edge: { bundle, tiles }, events };
}

/**
 * The inner query adds up lengths alone, so SQLite holds no event that is not returned. There is no ORDER BY outside, because
 * each sorted row counts as a row read.
 */
function unloggedEventsQuery(db: Database, limits: { events: number; bytes: number }): Query<OpenableEvent[]> {
  const statement = db
    .prepare(
      `SELECT ${OPENABLE_EVENT}
      FROM (SELECT id, sum(bytes) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
        FROM (SELECT id, octet_length(json) AS bytes FROM events
          WHERE id > coalesce((SELECT last_event_id FROM log_state WHERE id = 1), 0) ORDER BY id LIMIT ?1)) next
      CROSS JOIN events ON events.id = next.id WHERE next.bytes_before < ?2`,
    )
    .bind(limits.events, limits.bytes);
  return { statement, read: toOpenableEvents };
}

/** What the tree of `before` becomes. */
export interface Append {
  before: StoredTree;
  after: StoredTree & Pick<LogState, "last_event_id">;
  /** New bundles, and the last one as it is now. */
  bundles: Omit<BundleRow, "runs">[];
  tiles: TileRow[];
  runs: LogRun[];
}

/**
 * One transaction. Returns false, and changes nothing, if D1 has another tree than `before`, or the log is stopped. The
 * state comes last, because it guards the other statements.
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

/** Of the row of `log_state`; ?1 and ?2 are the size and root of the tree that is appended to. */
const IS_UNCHANGED = "id = 1 AND size = ?1 AND root = ?2 AND stopped_reason IS NULL";

/** For a statement that inserts what the array ?3 holds: NULL, so no rows, if the tree is another one. */
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
