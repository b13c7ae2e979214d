import { REVOKE_LEASE, takesDeliveries } from "../subscriptions/hold-deliveries.ts";
import type { Database } from "../database.ts";

/**
 * Lists the subscriptions whose held deliveries can be released, because they are enabled and their breakers are
 * closed. The subscription whose last sweep was the longest ago comes first.
 */
export async function listReleasableSubscriptions(
  db: Database,
  except: number[],
  limit: number,
): Promise<{ id: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT id FROM subscriptions INDEXED BY subscriptions_releasing
      WHERE release_mode IS NOT NULL AND enabled AND probe_delivery_id IS NULL AND id NOT IN (SELECT value FROM json_each(?1))
      ORDER BY last_swept_at LIMIT ?2`,
    )
    .bind(JSON.stringify(except), limit)
    .all<{ id: number }>();
  return results;
}

/** Call it after a failed step, so that all other subscriptions have a turn before this one. */
export async function postponeRelease(db: Database, subscriptionId: number, now: number): Promise<void> {
  await db.prepare(`UPDATE subscriptions SET last_swept_at = ?2 WHERE id = ?1`).bind(subscriptionId, now).run();
}

/**
 * Releases up to `limit` held deliveries of a subscription, beginning with those that are due first. Returns their
 * number. The sweep sends the hints. Releases nothing if the subscription has been disabled, or if its breaker has
 * opened again.
 */
export async function releaseHeld(
  db: Database,
  { subscriptionId, now, limit }: { subscriptionId: number; now: number; limit: number },
): Promise<number> {
  const [released] = await db.batch([
    db
      .prepare(
        `UPDATE deliveries SET state = 'pending',
          attempts_before_schedule = iif(s.release_mode = 'restart', attempts, attempts_before_schedule),
          next_attempt_at = iif(s.release_mode = 'restart', ?2, next_attempt_at),
          sweep_at = iif(s.release_mode = 'restart', ?2, max(next_attempt_at, ?2)),
          ${REVOKE_LEASE}
        FROM subscriptions s
        WHERE s.id = ?1 AND s.release_mode IS NOT NULL AND ${takesDeliveries("s")} AND deliveries.id IN (
          SELECT id FROM deliveries INDEXED BY deliveries_held
          WHERE subscription_id = ?1 AND state = 'held' ORDER BY next_attempt_at LIMIT ?3)`,
      )
      .bind(subscriptionId, now, limit),
    db
      .prepare(
        `UPDATE subscriptions SET last_swept_at = ?2, release_mode = iif(EXISTS (
          SELECT 1 FROM deliveries INDEXED BY deliveries_held WHERE subscription_id = ?1 AND state = 'held'), release_mode, NULL)
        WHERE id = ?1 AND release_mode IS NOT NULL`,
      )
      .bind(subscriptionId, now),
  ]);
  return released?.meta.changes ?? 0;
}
