import type { Database } from "../database.ts";

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

/** What is due, not being attempted, and among the first so many of the sweep's. */
export interface Backlog {
  due: number;
  /** There was more to look at. */
  isMore: boolean;
  /** Milliseconds since 1970; null where nothing is due. */
  oldestDueAt: number | null;
}

const MAX_COUNTED = 10_000;

export async function measureBacklog(db: Database, now: number): Promise<Backlog> {
  const { results } = await db
    .prepare(
      `SELECT count(*) AS seen, coalesce(sum(is_due), 0) AS due, min(iif(is_due, next_attempt_at, NULL)) AS oldest_due_at
      FROM (
        SELECT next_attempt_at, next_attempt_at <= ?1 AND coalesce(lease_until, 0) <= ?1 AS is_due
        FROM deliveries INDEXED BY deliveries_sweep WHERE state = 'pending' ORDER BY sweep_at LIMIT ${MAX_COUNTED})`,
    )
    .bind(now)
    .all<{ seen: number; due: number; oldest_due_at: number | null }>();
  const { seen = 0, due = 0, oldest_due_at = null } = results[0] ?? {};
  return { due, isMore: seen === MAX_COUNTED, oldestDueAt: oldest_due_at };
}
