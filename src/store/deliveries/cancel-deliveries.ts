import type { Database } from "../database.ts";

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

/**
 * For a batch that cancels, before it does: nobody will claim these deliveries again, so an attempt of theirs whose
 * consumer died would be missing. It is lost until a consumer that lives says what came of it. `ids` selects them.
 */
export function noteLastAttempts(db: Database, ids: string): D1PreparedStatement {
  return db.prepare(
    `INSERT OR IGNORE INTO attempts (delivery_id, number, started_at, outcome, reason)
    SELECT id, attempts, next_attempt_at, 'lost', 'the delivery was cancelled during the attempt' FROM deliveries
    WHERE id IN (${ids}) AND lease_token IS NOT NULL`,
  );
}

/** Cancels up to `limit` deliveries of a subscription that is gone; answers how many. */
export async function cancelDeliveries(
  db: Database,
  { subscriptionId, now, limit }: { subscriptionId: number; now: number; limit: number },
): Promise<number> {
  const [, cancelled] = await db.batch([
    noteLastAttempts(db, WAITING).bind(subscriptionId, limit),
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
