import type { Database } from "../database.ts";
import type { StoredTree } from "./log-state.ts";

const ENTRY_BYTES = 38;
const HASH_BYTES = 32;
/** D1 binds a number as a double, and a double would not be divided as an integer is. */
const SIZE = "CAST(?3 AS INTEGER)";

/**
 * Takes the last entries out of D1's tree, in one transaction: `to` is what it was. Returns false, and changes nothing, if
 * D1 has another tree than `from`, or the log is stopped. The state comes last, because it guards the other statements.
 */
export async function rewindTree(db: Database, from: StoredTree, to: StoredTree): Promise<boolean> {
  const guard = "(SELECT 1 FROM log_state WHERE id = 1 AND size = ?1 AND root = ?2 AND stopped_reason IS NULL)";
  const prepare = (sql: string, ...more: unknown[]) => db.prepare(sql).bind(from.size, from.root, ...more);
  // At each level, the tree of `to` has so many hashes (C2SP tlog-tiles, "Merkle Tree").
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
