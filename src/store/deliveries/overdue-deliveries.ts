import type { Database } from "../database.ts";

export interface OverdueDelivery {
  id: number;
  project: string;
  attempts: number;
}

/**
 * SQL: the table `waiting` of the projects with pending deliveries. It costs one seek in the sweep's index for each
 * project.
 */
const WAITING = `waiting (project) AS (
    SELECT min(project) FROM deliveries INDEXED BY deliveries_sweep WHERE state = 'pending'
    UNION ALL SELECT (
      SELECT min(project) FROM deliveries INDEXED BY deliveries_sweep
      WHERE state = 'pending' AND project > waiting.project)
    FROM waiting WHERE project IS NOT NULL)`;

/**
 * Claims up to `limit` overdue deliveries, whose hints the sweep then sends, and sets their next sweep to
 * `nextSweepAt`. Projects have equal shares of the limit, so no project waits behind the backlog of another. If there
 * are more projects than `limit`, the projects with the longest overdue deliveries come first. Reads a few rows for
 * each project with pending deliveries, and for each claimed delivery.
 */
export async function claimOverdueDeliveries(
  db: Database,
  { now, nextSweepAt, limit }: { now: number; nextSweepAt: number; limit: number },
): Promise<OverdueDelivery[]> {
  // D1 binds numbers as doubles, and a LIMIT must be an integer.
  const { results } = await db
    .prepare(
      `WITH RECURSIVE ${WAITING},
      overdue (project) AS MATERIALIZED (
        SELECT project FROM waiting WHERE EXISTS (
          SELECT 1 FROM deliveries INDEXED BY deliveries_sweep
          WHERE state = 'pending' AND project = waiting.project AND sweep_at <= ?1))
      UPDATE deliveries SET sweep_at = ?2 WHERE id IN (
        SELECT d.id FROM overdue o CROSS JOIN deliveries d ON d.id IN (
          SELECT id FROM deliveries INDEXED BY deliveries_sweep
          WHERE state = 'pending' AND project = o.project AND sweep_at <= ?1
          ORDER BY sweep_at LIMIT (SELECT CAST(max(1, ?3 / count(*)) AS INTEGER) FROM overdue))
        ORDER BY d.sweep_at LIMIT CAST(?3 AS INTEGER))
      RETURNING id, project, attempts`,
    )
    .bind(now, nextSweepAt, limit)
    .all<OverdueDelivery>();
  return results;
}

/**
 * Makes the sweep send new hints of the deliveries as soon as they are due, because their hints were lost. Leased
 * deliveries do not change.
 */
export async function markForSweep(db: Database, ids: number[], now: number): Promise<void> {
  await db
    .prepare(
      `UPDATE deliveries SET sweep_at = max(next_attempt_at, ?2)
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND coalesce(lease_until, 0) <= ?2`,
    )
    .bind(JSON.stringify(ids), now)
    .run();
}

export interface Backlog {
  /** The number of deliveries that are due and not being attempted. */
  due: number;
  /** True if there may be more, because not all pending deliveries were counted. */
  isMore: boolean;
  /** Milliseconds since 1970; null if nothing is due. */
  oldestDueAt: number | null;
}

const MAX_COUNTED = 10_000;

/**
 * Counts the due deliveries among at most `MAX_COUNTED` pending ones. These are the deliveries that the sweep takes
 * first, with an equal share for each project.
 */
export async function measureBacklog(db: Database, now: number): Promise<Backlog> {
  const { results } = await db
    .prepare(
      `WITH RECURSIVE ${WAITING},
      share (rows) AS MATERIALIZED (SELECT max(1, ${MAX_COUNTED} / max(1, count(project))) FROM waiting),
      counted AS (
        SELECT count(*) AS seen, sum(d.next_attempt_at <= ?1 AND coalesce(d.lease_until, 0) <= ?1) AS due,
          min(iif(d.next_attempt_at <= ?1 AND coalesce(d.lease_until, 0) <= ?1, d.next_attempt_at, NULL)) AS oldest_due_at
        FROM waiting w CROSS JOIN deliveries d ON d.id IN (
          SELECT id FROM deliveries INDEXED BY deliveries_sweep WHERE state = 'pending' AND project = w.project
          ORDER BY sweep_at LIMIT (SELECT rows FROM share))
        GROUP BY w.project)
      SELECT coalesce(sum(due), 0) AS due, coalesce(max(seen = rows), 0) AS is_more, min(oldest_due_at) AS oldest_due_at
      FROM counted, share`,
    )
    .bind(now)
    .all<{ due: number; is_more: number; oldest_due_at: number | null }>();
  const { due = 0, is_more = 0, oldest_due_at = null } = results[0] ?? {};
  return { due, isMore: is_more === 1, oldestDueAt: oldest_due_at };
}
