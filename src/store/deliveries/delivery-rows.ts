import { desc, eq } from "drizzle-orm";
import { DELIVERY_STATES, type DeliveryState } from "../../schemas/delivery.ts";
import { ownDueTime, REVOKE_LEASE } from "../subscriptions/hold-deliveries.ts";
import type { Database } from "../database.ts";
import { attempts, deliveries } from "../tables/delivery-tables.ts";

export type DeliveryRow = typeof deliveries.$inferSelect;
export type AttemptRow = typeof attempts.$inferSelect;

export interface DeliveryRange {
  project: string;
  state?: DeliveryState | undefined;
  /** `subscription`, `event` and `before` are decimals. */
  subscription?: string | undefined;
  event?: string | undefined;
  before: string;
  limit: number;
}

/**
 * Lists the deliveries of a project with IDs below `before`, newest first. Each state is a separate range of the index,
 * so the number of rows read depends on the page, and not on how rare a state is. With `event`, there is at most one
 * delivery for each subscription that the event's two projects ever had.
 */
export async function listDeliveries(db: Database, range: DeliveryRange): Promise<DeliveryRow[]> {
  const [index, narrowed] =
    range.subscription === undefined
      ? ["deliveries_project", "project = ?1"]
      : ["deliveries_subscription", "subscription_id = CAST(?3 AS INTEGER) AND project = ?1"];
  const ofState = (state: DeliveryState) =>
    `SELECT * FROM (SELECT * FROM deliveries INDEXED BY ${index}
      WHERE ${narrowed} AND state = '${state}' AND id < CAST(?2 AS INTEGER) ORDER BY id DESC LIMIT +?6)`;
  const ofEvent = `SELECT * FROM deliveries INDEXED BY deliveries_event
      WHERE event_id = CAST(?4 AS INTEGER) AND ${narrowed} AND id < CAST(?2 AS INTEGER) AND (?5 IS NULL OR state = ?5)`;
  const states = range.state === undefined ? DELIVERY_STATES : [range.state];
  const source = range.event === undefined ? states.map(ofState).join(" UNION ALL ") : ofEvent;
  const { project, before, subscription = null, event = null, state = null, limit } = range;
  const { results } = await db
    .prepare(`SELECT * FROM (${source}) ORDER BY id DESC LIMIT +?6`)
    .bind(project, before, subscription, event, state, limit)
    .all<DeliveryRow>();
  return results;
}

/**
 * Lists the deliveries of an event in these projects, newest first. There is at most one for each subscription that the
 * projects ever had.
 */
export async function listEventDeliveries(db: Database, eventId: number, projects: string[]): Promise<DeliveryRow[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM deliveries INDEXED BY deliveries_event
      WHERE event_id = ?1 AND project IN (SELECT value FROM json_each(?2)) ORDER BY id DESC`,
    )
    .bind(eventId, JSON.stringify(projects))
    .all<DeliveryRow>();
  return results;
}

export async function findDelivery(db: Database, id: number): Promise<DeliveryRow | undefined> {
  return db.orm.select().from(deliveries).where(eq(deliveries.id, id)).get();
}

/**
 * Lists the last `limit` attempts, the oldest first. A delivery that an owner sends again and again can have thousands.
 */
export async function listAttempts(db: Database, deliveryId: number, limit: number): Promise<AttemptRow[]> {
  const ofDelivery = eq(attempts.delivery_id, deliveryId);
  const newest = await db.orm.select().from(attempts).where(ofDelivery).orderBy(desc(attempts.number)).limit(limit);
  return newest.toReversed();
}

/**
 * Makes a delivery due now, with a fresh schedule. The `webhook-id` stays, and the numbers of the attempts continue. If
 * the breaker is open, the delivery becomes the next probe, and the former probe is held again. Returns false, and
 * changes nothing, if the delivery is cancelled, its subscription is disabled or deleted, or an attempt is in progress.
 */
export async function markDue(db: Database, id: number, now: number, sweepAt: number): Promise<boolean> {
  const mayBeDue = `d.id = ?1 AND d.state <> 'cancelled' AND coalesce(d.lease_until, 0) <= ?2 AND s.enabled`;
  const [, , made] = await db.batch([
    db
      .prepare(
        `UPDATE deliveries AS probe SET state = 'held', next_attempt_at = ${ownDueTime("probe")}, ${REVOKE_LEASE}
        WHERE state = 'pending' AND coalesce(lease_until, 0) <= ?2 AND id IN (
          SELECT s.probe_delivery_id FROM deliveries d CROSS JOIN subscriptions s ON s.id = d.subscription_id
          WHERE s.probe_delivery_id <> ?1 AND ${mayBeDue})`,
      )
      .bind(id, now),
    db
      .prepare(
        `UPDATE subscriptions AS s SET probe_delivery_id = ?1 FROM deliveries d
        WHERE s.id = d.subscription_id AND s.probe_delivery_id IS NOT NULL AND ${mayBeDue}`,
      )
      .bind(id, now),
    db
      .prepare(
        `UPDATE deliveries AS d SET state = 'pending', attempts_before_schedule = d.attempts, next_attempt_at = ?2, sweep_at = ?3,
          settled_at = NULL, ${REVOKE_LEASE}
        FROM subscriptions s WHERE s.id = d.subscription_id AND ${mayBeDue}
        RETURNING id`,
      )
      .bind(id, now, sweepAt),
  ]);
  return made?.results.length === 1;
}
