import type { Database } from "../database.ts";

/** How many attempts one batch deletes: of a delivery that its owner sent again and again there are thousands. */
const ATTEMPTS_AT_ONCE = 20_000;

/**
 * Deletes up to `limit` deliveries that were settled before `before`, with their attempts; returns how many. Those that
 * have more attempts than one batch deletes wait for the next.
 */
export async function purgeDeliveries(db: Database, before: number, limit: number): Promise<number> {
  const settledLongAgo = `SELECT id FROM deliveries INDEXED BY deliveries_settled
    WHERE settled_at IS NOT NULL AND settled_at < ?1 ORDER BY settled_at, id LIMIT ?2`;
  const [, purged] = await db.batch([
    db
      .prepare(
        `DELETE FROM attempts WHERE (delivery_id, number) IN (
          SELECT a.delivery_id, a.number FROM (${settledLongAgo}) d CROSS JOIN attempts a ON a.delivery_id = d.id
          LIMIT ${ATTEMPTS_AT_ONCE})`,
      )
      .bind(before, limit),
    db
      .prepare(
        `DELETE FROM deliveries WHERE id IN (${settledLongAgo})
          AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery_id = deliveries.id)`,
      )
      .bind(before, limit),
  ]);
  return purged?.meta.changes ?? 0;
}
