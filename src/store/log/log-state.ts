import type { Database } from "../database.ts";
import { run, type Query } from "../query.ts";
import type { logState } from "../tables/log-tables.ts";

export type LogState = Omit<typeof logState.$inferSelect, "id">;

/** A tree as its row in D1 names it: what an append, or a signature, is based on. */
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

/** Whether D1's tree is still this one. */
export async function hasTree(db: Database, { size, root }: StoredTree): Promise<boolean> {
  const now = await findLogState(db);
  return now === undefined ? size === 0 : now.size === size && now.root === root;
}

/**
 * Stores a signed checkpoint of this tree. Returns false, and changes nothing, if D1 has another tree by now or the log is
 * stopped. The row is made if it is missing, for an empty log.
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

/** How far this tree has been copied. Changes nothing if D1 has another tree by now. */
export async function markCopied(db: Database, { size, root }: StoredTree, copiedSize: number): Promise<void> {
  await db
    .prepare("UPDATE log_state SET copied_size = ?3 WHERE id = 1 AND size = ?1 AND root = ?2")
    .bind(size, root, copiedSize)
    .run();
}

/** Does nothing if there is a row. */
export function insertEmptyState(db: Database, emptyRoot: string): D1PreparedStatement {
  return db
    .prepare("INSERT OR IGNORE INTO log_state (id, size, root, last_event_id) VALUES (1, 0, ?1, 0)")
    .bind(emptyRoot);
}

/**
 * From now on nothing is appended or signed. Returns false if the log had been stopped before. The row is made if it is
 * missing: D1 may be new, and the copy not.
 */
export async function markStopped(db: Database, emptyRoot: string, reason: string): Promise<boolean> {
  const [, stopped] = await db.batch([
    insertEmptyState(db, emptyRoot),
    db.prepare("UPDATE log_state SET stopped_reason = ?1 WHERE id = 1 AND stopped_reason IS NULL").bind(reason),
  ]);
  return stopped?.meta.changes === 1;
}

/** How far the audit has come: the size of the part that has been looked at. */
export async function markAudited(db: Database, size: number): Promise<void> {
  await db.prepare("UPDATE log_state SET audited_size = ?1 WHERE id = 1").bind(size).run();
}
