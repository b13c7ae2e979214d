import type { Database } from "../database.ts";

/** Deletes up to `limit` deliveries that were settled before `before`, with their attempts; answers how many. */
export async function purgeDeliveries(db: Database, before: number, limit: number): Promise<number> {
  const settledLongAgo = `SELECT id FROM deliveries INDEXED BY deliveries_settled
    WHERE settled_at IS NOT NULL AND settled_at < ?1 ORDER BY settled_at, id LIMIT ?2`;
  const [, purged] = await db.batch([
    db.prepare(`DELETE FROM attempts WHERE delivery_id IN (${settledLongAgo})`).bind(before, limit),
    db.prepare(`DELETE FROM deliveries WHERE id IN (${settledLongAgo})`).bind(before, limit),
  ]);
  return purged?.meta.changes ?? 0;
}
