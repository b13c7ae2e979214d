import { and, eq } from "drizzle-orm";
import { takesDeliveries } from "../subscriptions/hold-deliveries.ts";
import {
  joinLocated,
  SEGMENT_COLUMNS,
  toSegment,
  type ArchivedSegment,
  type SegmentColumns,
} from "../archive/located-events.ts";
import type { Database } from "../database.ts";
import { EVENT_FACTS } from "../events/event-rows.ts";
import { recoveries } from "../tables/delivery-tables.ts";

export type RecoveryRow = typeof recoveries.$inferSelect;

export interface NewRecovery {
  project: string;
  subscriptionId: number;
  selection: RecoveryRow["selection"];
  /** A decimal. IDs end at 2^53 - 1, so a larger value counts as 2^53 - 1. */
  fromEventId: string;
  now: number;
}

/**
 * Inserts a recovery of the events from `fromEventId` to the event that is the newest at this time. Returns undefined
 * if the subscription has a running recovery.
 */
export async function insertRecovery(db: Database, recovery: NewRecovery): Promise<RecoveryRow | undefined> {
  const { project, subscriptionId, selection, fromEventId, now } = recovery;
  const { results } = await db
    .prepare(
      `INSERT INTO recoveries (project, subscription_id, selection, from_event_id, to_event_id, cursor, created_at)
      SELECT ?1, ?2, ?3, first, newest, iif(?3 = 'all', max(0, first - 1), 0), ?5
      FROM (SELECT min(CAST(?4 AS INTEGER), ${Number.MAX_SAFE_INTEGER}) AS first,
        coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS newest)
      WHERE NOT EXISTS (SELECT 1 FROM recoveries INDEXED BY recoveries_running
        WHERE subscription_id = ?2 AND finished_at IS NULL)
      RETURNING *`,
    )
    .bind(project, subscriptionId, selection, fromEventId, now)
    .all<RecoveryRow>();
  return results[0];
}

export async function findRecovery(
  db: Database,
  { project, subscriptionId, id }: { project: string; subscriptionId: number; id: number },
): Promise<RecoveryRow | undefined> {
  return db.orm
    .select()
    .from(recoveries)
    .where(and(eq(recoveries.id, id), eq(recoveries.subscription_id, subscriptionId), eq(recoveries.project, project)))
    .get();
}

/**
 * Lists the running recoveries. Each subscription has at most one. The recovery whose last sweep was the longest ago
 * comes first.
 */
export async function listRunningRecoveries(db: Database, except: number[], limit: number): Promise<RecoveryRow[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM recoveries INDEXED BY recoveries_running WHERE finished_at IS NULL
        AND id NOT IN (SELECT value FROM json_each(?1)) ORDER BY last_swept_at, id LIMIT ?2`,
    )
    .bind(JSON.stringify(except), limit)
    .all<RecoveryRow>();
  return results;
}

/** Call it after a failed step, so that all other recoveries have a turn before this one. */
export async function postponeRecovery(db: Database, id: number, now: number): Promise<void> {
  await db.prepare(`UPDATE recoveries SET last_swept_at = ?2 WHERE id = ?1`).bind(id, now).run();
}

/** A failed delivery, with the fields that decide if its subscription still takes the event. */
export interface FailedDelivery {
  id: number;
  event_id: number;
  /** The event without its `data`, as JSON. Null if the event is not in D1. */
  facts: string | null;
  /** The segment of the archive that holds the event. Undefined if the event is in D1, or does not exist any more. */
  segment: ArchivedSegment | undefined;
}

/**
 * Scans the next `limit` failed deliveries of the subscription after the cursor, and returns those whose events the
 * recovery covers. `last` is the last scanned delivery, or undefined if there are no more.
 */
export async function listFailedDeliveries(
  db: Database,
  { subscription_id, cursor, from_event_id, to_event_id }: RecoveryRow,
  limit: number,
): Promise<{ failed: FailedDelivery[]; last: number | undefined }> {
  const { results } = await db
    .prepare(
      `SELECT d.id, d.event_id, iif(events.id IS NULL, NULL, ${EVENT_FACTS}) AS facts, ${SEGMENT_COLUMNS}
      FROM (SELECT id, event_id FROM deliveries INDEXED BY deliveries_subscription
        WHERE subscription_id = ?1 AND state = 'failed' AND id > ?2 ORDER BY id LIMIT ?3) d
      ${joinLocated("d.event_id", { above: "deleted_to" })} ORDER BY d.id`,
    )
    .bind(subscription_id, cursor, limit)
    .all<Omit<FailedDelivery, "segment"> & SegmentColumns>();
  return {
    failed: results
      .filter(({ event_id }) => event_id >= from_event_id && event_id <= to_event_id)
      .map((row) => ({ id: row.id, event_id: row.event_id, facts: row.facts, segment: toSegment(row) })),
    last: results.length === limit ? results.at(-1)?.id : undefined,
  };
}

/** A step of a recovery: the events that it sends again, and the cursor after it. */
export interface RecoveryStep {
  recovery: RecoveryRow;
  eventIds: number[];
  /** Undefined if the recovery is finished. */
  cursor: number | undefined;
  now: number;
  sweepAt: number;
}

/**
 * Does one step in one transaction. Changes nothing if another invocation has done this step. Delivered and failed
 * deliveries become pending again, with a fresh schedule. Missing deliveries are inserted as pending. If the
 * subscription takes no deliveries now, these deliveries become held instead. All other deliveries stay as they are.
 * Returns the IDs of the deliveries that need a hint.
 */
export async function recoverStep(db: Database, step: RecoveryStep): Promise<number[]> {
  const { recovery, eventIds, cursor, now, sweepAt } = step;
  const [recovered] = await db.batch<{ id: number; state: string }>([
    db
      .prepare(
        `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
        SELECT j.value, s.id, s.project, iif(${takesDeliveries("s")}, 'pending', 'held'), ?4, ?5, ?4
        FROM recoveries r CROSS JOIN subscriptions s ON s.id = r.subscription_id CROSS JOIN json_each(?3) j
        WHERE r.id = ?1 AND r.cursor = ?2 AND r.finished_at IS NULL
        ON CONFLICT (event_id, subscription_id) DO UPDATE SET state = excluded.state, attempts_before_schedule = attempts,
          next_attempt_at = excluded.next_attempt_at, sweep_at = excluded.sweep_at, settled_at = NULL
        WHERE deliveries.state IN ('delivered', 'failed')
        RETURNING id, state`,
      )
      .bind(recovery.id, recovery.cursor, JSON.stringify(eventIds), now, sweepAt),
    db
      .prepare(
        // changes() counts the rows of the previous statement
        `UPDATE recoveries SET cursor = coalesce(?3, cursor), recovered = recovered + changes(),
          finished_at = iif(?3 IS NULL, ?4, NULL), last_swept_at = ?4
        WHERE id = ?1 AND cursor = ?2 AND finished_at IS NULL`,
      )
      .bind(recovery.id, recovery.cursor, cursor ?? null, now),
  ]);
  return recovered?.results.filter(({ state }) => state === "pending").map(({ id }) => id) ?? [];
}
