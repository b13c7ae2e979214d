import type { Database } from "./database.ts";

/** What waits for a subscription: ?1 is its ID, ?2 how many. */
const WAITING = `SELECT id FROM (
    SELECT id FROM deliveries INDEXED BY deliveries_subscription WHERE subscription_id = ?1 AND state = 'pending'
    UNION ALL SELECT id FROM deliveries INDEXED BY deliveries_subscription WHERE subscription_id = ?1 AND state = 'held'
  ) LIMIT ?2`;

/** Subscriptions that are gone and may still have deliveries waiting. */
export async function findDeletedSubscriptions(db: Database, limit: number): Promise<number[]> {
  const { results } = await db
    .prepare(`SELECT id FROM deleted_subscriptions ORDER BY id LIMIT ?1`)
    .bind(limit)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

/** Cancels up to `limit` deliveries of a subscription that is gone; answers how many. */
export async function cancelDeliveries(
  db: Database,
  { subscriptionId, now, limit }: { subscriptionId: number; now: number; limit: number },
): Promise<number> {
  const [cancelled] = await db.batch([
    db
      .prepare(
        `UPDATE deliveries SET state = 'cancelled', settled_at = ?3, lease_token = NULL, lease_until = NULL
        WHERE id IN (${WAITING})`,
      )
      .bind(subscriptionId, limit, now),
    db.prepare(`DELETE FROM deleted_subscriptions WHERE id = ?1 AND NOT EXISTS (${WAITING})`).bind(subscriptionId, 1),
  ]);
  return cancelled?.meta.changes ?? 0;
}
