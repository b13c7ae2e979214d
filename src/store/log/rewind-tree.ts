import type { Database } from "../database.ts";
import type { StoredTree } from "./log-state.ts";

const ENTRY_BYTES = 38;
const HASH_BYTES = 32;
/** D1 binds a number as a double, and SQLite does not divide a double like an integer. */
const SIZE = "CAST(?3 AS INTEGER)";

/**
 * Removes the last entries from D1's tree, in one transaction. `to` is the earlier tree that remains. Returns false,
 * and changes nothing, if D1's tree is not `from`, or if the log is stopped. The statement that updates `log_state` is
 * the last one, because the other statements need the old row.
 */
export async function rewindTree(db: Database, from: StoredTree, to: StoredTree): Promise<boolean> {
  const guard = "(SELECT 1 FROM log_state WHERE id = 1 AND size = ?1 AND root = ?2 AND stopped_reason IS NULL)";
  const prepare = (sql: string, ...more: unknown[]) => db.prepare(sql).bind(from.size, from.root, ...more);
  // The number of hashes that the tree of `to` has at each level (C2SP tlog-tiles, "Merkle Tree").
  const width = `${SIZE} / (1 << (8 * level))`;
  const results = await db.batch([
    prepare(`DELETE FROM log_bundles WHERE number >= (${SIZE} + 255) / 256 AND EXISTS ${guard}`, to.size),
    prepare(
      `UPDATE log_bundles SET entries = substr(entries, 1, ${ENTRY_BYTES} * (${SIZE} % 256))
      WHERE number = ${SIZE} / 256 AND EXISTS ${guard}`,
      to.size,
    ),
    prepare(`DELETE FROM log_tiles WHERE number * 256 >= ${width} AND EXISTS ${guard}`, to.size),
    prepare(
      `UPDATE log_tiles SET hashes = substr(hashes, 1, ${HASH_BYTES} * (${width} % 256))
      WHERE number = ${width} / 256 AND EXISTS ${guard}`,
      to.size,
    ),
    prepare(`DELETE FROM log_runs WHERE first_index >= ${SIZE} AND EXISTS ${guard}`, to.size),
    prepare(
      `UPDATE log_state SET size = ${SIZE}, root = ?4, copied_size = min(copied_size, ${SIZE}), audited_size = min(audited_size, ${SIZE}),
        last_event_id = coalesce((SELECT first_event_id + ${SIZE} - 1 - first_index FROM log_runs
          ORDER BY first_index DESC LIMIT 1), 0)
      WHERE id = 1 AND size = ?1 AND root = ?2 AND stopped_reason IS NULL`,
      to.size,
      to.root,
    ),
  ]);
  return results.at(-1)?.meta.changes === 1;
}
