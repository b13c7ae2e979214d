/** Greater than the IDs of all events that are recorded here. */
const FIRST_EVENT = 1_000_000;

/** Inserts held deliveries that are due before all others. */
export async function hold(db: D1Database, subscriptionId: number, count: number): Promise<void> {
  await db
    .prepare(
      `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
      WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
      SELECT ${FIRST_EVENT} + i, ?1, 'held', 'held', i, i, i FROM n WHERE i <= ?2`,
    )
    .bind(subscriptionId, count)
    .run();
}

/**
 * Restores the state before any attempt. The deliveries of `hold` are held, and all others are due and have a sweep
 * time.
 */
export async function reset(db: D1Database, now: number): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM attempts"),
    db.prepare(
      `UPDATE subscriptions SET consecutive_failures = 0, failing_since = NULL, probe_delivery_id = NULL, failed_probes = 0,
        release_mode = NULL`,
    ),
    db.prepare(
      `UPDATE deliveries SET state = 'held', next_attempt_at = event_id - ${FIRST_EVENT}
      WHERE event_id > ${FIRST_EVENT} AND state <> 'held'`,
    ),
    db
      .prepare(
        `UPDATE deliveries SET state = 'pending', attempts = 0, next_attempt_at = ?1, sweep_at = ?1, lease_token = NULL,
          lease_until = NULL, settled_at = NULL
        WHERE event_id < ${FIRST_EVENT}`,
      )
      .bind(now),
  ]);
}
