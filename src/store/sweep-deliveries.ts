import type { Database } from "./database.ts";

export interface OverdueDelivery {
  id: number;
  attempts: number;
}

/** Takes up to `limit` deliveries that the sweep shall hint now, and puts its next look at them off until `nextSweepAt`. */
export async function takeOverdueDeliveries(
  db: Database,
  { now, nextSweepAt, limit }: { now: number; nextSweepAt: number; limit: number },
): Promise<OverdueDelivery[]> {
  const { results } = await db
    .prepare(
      `UPDATE deliveries SET sweep_at = ?2 WHERE id IN (
        SELECT id FROM deliveries WHERE state = 'pending' AND sweep_at <= ?1 ORDER BY sweep_at LIMIT ?3)
      RETURNING id, attempts`,
    )
    .bind(now, nextSweepAt, limit)
    .all<OverdueDelivery>();
  return results;
}

/** Puts deliveries whose hints died back under the sweep, not before they are due. A live lease keeps its own time. */
export async function sweepDeliveriesSoon(db: Database, ids: number[], now: number): Promise<void> {
  await db
    .prepare(
      `UPDATE deliveries SET sweep_at = max(next_attempt_at, ?2)
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND coalesce(lease_until, 0) <= ?2`,
    )
    .bind(JSON.stringify(ids), now)
    .run();
}
