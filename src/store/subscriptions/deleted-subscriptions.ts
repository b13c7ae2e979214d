import type { Database } from "../database.ts";

/** SQL: up to ?2 pending or held deliveries of subscription ?1. */
const WAITING = `SELECT id FROM (
    SELECT id FROM deliveries INDEXED BY deliveries_subscription WHERE subscription_id = ?1 AND state = 'pending'
    UNION ALL SELECT id FROM deliveries INDEXED BY deliveries_subscription WHERE subscription_id = ?1 AND state = 'held'
  ) LIMIT ?2`;

/**
 * Lists deleted subscriptions whose deliveries must still be cancelled. The subscription whose last sweep was the
 * longest ago comes first.
 */
export async function listDeletedSubscriptions(
  db: Database,
  except: number[],
  limit: number,
): Promise<{ id: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT id FROM deleted_subscriptions WHERE id NOT IN (SELECT value FROM json_each(?1)) ORDER BY last_swept_at, id LIMIT ?2`,
    )
    .bind(JSON.stringify(except), limit)
    .all<{ id: number }>();
  return results;
}

/** Call it after a failed step, so that all other subscriptions have a turn before this one. */
export async function postponeCancelling(db: Database, subscriptionId: number, now: number): Promise<void> {
  await db.prepare(`UPDATE deleted_subscriptions SET last_swept_at = ?2 WHERE id = ?1`).bind(subscriptionId, now).run();
}

/**
 * Records the running attempts of the deliveries that the next statement of the batch cancels. `ids` is a SELECT of the
 * IDs of these deliveries. The attempts get the outcome `lost`, because no later claim would record them if their
 * consumer has died. If the consumer is alive, its result replaces `lost`.
 */
export function recordInterruptedAttempts(db: Database, ids: string): D1PreparedStatement {
  return db.prepare(
    `INSERT OR IGNORE INTO attempts (delivery_id, number, started_at, outcome, reason)
    SELECT id, attempts, next_attempt_at, 'lost', 'the delivery was cancelled during the attempt' FROM deliveries
    WHERE id IN (${ids}) AND lease_token IS NOT NULL`,
  );
}

/** Cancels up to `limit` deliveries of a deleted subscription. */
export async function cancelDeliveries(
  db: Database,
  { subscriptionId, now, limit }: { subscriptionId: number; now: number; limit: number },
): Promise<void> {
  await db.batch([
    recordInterruptedAttempts(db, WAITING).bind(subscriptionId, limit),
    db
      .prepare(
        `UPDATE deliveries SET state = 'cancelled', settled_at = ?3, lease_token = NULL, lease_until = NULL
        WHERE id IN (${WAITING})`,
      )
      .bind(subscriptionId, limit, now),
    db.prepare(`UPDATE deleted_subscriptions SET last_swept_at = ?2 WHERE id = ?1`).bind(subscriptionId, now),
    db.prepare(`DELETE FROM deleted_subscriptions WHERE id = ?1 AND NOT EXISTS (${WAITING})`).bind(subscriptionId, 1),
  ]);
}
