import { takesDeliveries } from "./breaker.ts";
import type { Database } from "../database.ts";

/** Subscriptions with held deliveries to release. */
export async function findReleasing(db: Database, limit: number): Promise<number[]> {
  const { results } = await db
    .prepare(
      `SELECT id FROM subscriptions INDEXED BY subscriptions_releasing WHERE releasing IS NOT NULL ORDER BY id LIMIT ?1`,
    )
    .bind(limit)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

/**
 * Releases up to `limit` held deliveries of a subscription, those first that are due first; answers how many. They come
 * under the sweep, which hints them. A subscription that is disabled or whose breaker is open again keeps them.
 */
export async function releaseHeld(
  db: Database,
  { subscriptionId, now, limit }: { subscriptionId: number; now: number; limit: number },
): Promise<number> {
  const [released] = await db.batch([
    db
      .prepare(
        `UPDATE deliveries SET state = 'pending',
          schedule_from = iif(s.releasing = 'restart', attempts, schedule_from),
          next_attempt_at = iif(s.releasing = 'restart', ?2, next_attempt_at),
          sweep_at = iif(s.releasing = 'restart', ?2, max(next_attempt_at, ?2))
        FROM subscriptions s
        WHERE s.id = ?1 AND s.releasing IS NOT NULL AND ${takesDeliveries("s")} AND deliveries.id IN (
          SELECT id FROM deliveries INDEXED BY deliveries_held
          WHERE subscription_id = ?1 AND state = 'held' ORDER BY next_attempt_at LIMIT ?3)`,
      )
      .bind(subscriptionId, now, limit),
    db
      .prepare(
        `UPDATE subscriptions SET releasing = NULL WHERE id = ?1 AND releasing IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM deliveries INDEXED BY deliveries_held WHERE subscription_id = ?1 AND state = 'held')`,
      )
      .bind(subscriptionId),
  ]);
  return released?.meta.changes ?? 0;
}
