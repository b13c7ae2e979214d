import type { Database } from "../database.ts";
import { run, type Query } from "../query.ts";
import type { logState } from "../tables/log-tables.ts";

export type LogState = Omit<typeof logState.$inferSelect, "id">;

/** A tree, as `log_state` names it. An append or a signature is based on such a tree. */
export type StoredTree = Pick<LogState, "size" | "root">;

export function logStateQuery(db: Database): Query<LogState | undefined> {
  return {
    statement: db.prepare("SELECT * FROM log_state WHERE id = 1"),
    read: ([row]: LogState[]) => row,
  };
}

export async function findLogState(db: Database): Promise<LogState | undefined> {
  return run(logStateQuery(db));
}

/** Returns true if D1's tree is still this tree. */
export async function hasTree(db: Database, { size, root }: StoredTree): Promise<boolean> {
  const now = await findLogState(db);
  return now === undefined ? size === 0 : now.size === size && now.root === root;
}

/**
 * Stores a signed checkpoint of this tree. Returns false, and changes nothing, if D1 has another tree by now, or if the
 * log is stopped. For an empty log, inserts the row of `log_state` if it is missing.
 */
export async function markPublished(
  db: Database,
  { size, root }: StoredTree,
  { checkpoint, at }: { checkpoint: string; at: number },
): Promise<boolean> {
  const update = db
    .prepare(
      `UPDATE log_state SET checkpoint = ?3, checkpoint_size = ?1, checkpoint_at = ?4
      WHERE id = 1 AND size = ?1 AND root = ?2 AND stopped_reason IS NULL`,
    )
    .bind(size, root, checkpoint, at);
  const results = await db.batch(size === 0 ? [insertEmptyState(db, root), update] : [update]);
  return results.at(-1)?.meta.changes === 1;
}

/** Stores how many entries of this tree have been copied. Changes nothing if D1 has another tree by now. */
export async function markCopied(db: Database, { size, root }: StoredTree, copiedSize: number): Promise<void> {
  await db
    .prepare("UPDATE log_state SET copied_size = ?3 WHERE id = 1 AND size = ?1 AND root = ?2")
    .bind(size, root, copiedSize)
    .run();
}

/** Inserts the row of `log_state` for an empty log. Does nothing if there is a row. */
export function insertEmptyState(db: Database, emptyRoot: string): D1PreparedStatement {
  return db
    .prepare("INSERT OR IGNORE INTO log_state (id, size, root, last_event_id) VALUES (1, 0, ?1, 0)")
    .bind(emptyRoot);
}

/**
 * Stops the log: from now on, nothing is appended or signed. Returns false if the log was already stopped. Inserts the
 * row of `log_state` if it is missing, because D1 may be new while the copy has entries.
 */
export async function markStopped(db: Database, emptyRoot: string, reason: string): Promise<boolean> {
  const [, stopped] = await db.batch([
    insertEmptyState(db, emptyRoot),
    db.prepare("UPDATE log_state SET stopped_reason = ?1 WHERE id = 1 AND stopped_reason IS NULL").bind(reason),
  ]);
  return stopped?.meta.changes === 1;
}

/** Stores how far the audit has come. `size` is the number of entries that the audit has compared in this round. */
export async function markAudited(db: Database, size: number): Promise<void> {
  await db.prepare("UPDATE log_state SET audited_size = ?1 WHERE id = 1").bind(size).run();
}
