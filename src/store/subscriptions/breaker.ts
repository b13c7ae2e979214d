import type { Database } from "../database.ts";
import { ifNotCarriedOut, type Fence, type EndpointHealthDelta } from "../settlement.ts";

/** Failures in a row that open a subscription's breaker. */
export const OPENS_AFTER_FAILURES = 10;

/**
 * How many deliveries one batch holds. Its subscriptions share them, and each has some at least: one whose deliveries are
 * all left pending would find no probe among those held. What is left becomes held when it is claimed.
 */
const HOLDS_AT_ONCE = 500;
const LEAST_HELD_OF_ONE = 20;

/**
 * Whether a subscription, `s` in the statement, takes deliveries now: it is enabled and its breaker is closed. Held
 * deliveries of one that does are being released.
 */
export function takesDeliveries(s: string): string {
  return `(${s}.enabled AND ${s}.probe_delivery_id IS NULL)`;
}

/** Whether a pending delivery of the subscription is to be held: all but the probe of an open breaker. */
export function isHeldBack(s: string, deliveryId: string): string {
  return `(NOT ${s}.enabled OR (${s}.probe_delivery_id IS NOT NULL AND ${s}.probe_delivery_id <> ${deliveryId}))`;
}

/**
 * Takes the token of a lease that ran out away from whoever holds it, for a statement that makes a delivery due again:
 * its late settlement must not undo that. The next claim still finds the trace of an attempt, and records it as lost.
 */
export const LAPSE_LEASE = `lease_token = iif(lease_token IS NULL, NULL, '')`;

/** Holds what is pending and not being attempted, for those of the subscriptions that do not take it. */
export function holdBack(db: Database, subscriptionIds: number[], now: number): D1PreparedStatement[] {
  const share = Math.max(LEAST_HELD_OF_ONE, Math.floor(HOLDS_AT_ONCE / Math.max(1, subscriptionIds.length)));
  const statement = db.prepare(
    `UPDATE deliveries SET state = 'held', ${LAPSE_LEASE} WHERE id IN (
        SELECT d.id FROM subscriptions s
        CROSS JOIN deliveries d INDEXED BY deliveries_subscription ON d.subscription_id = s.id AND d.state = 'pending'
        WHERE s.id = ?1 AND NOT ${takesDeliveries("s")} AND ${isHeldBack("s", "d.id")}
          AND coalesce(d.lease_until, 0) <= ?2 LIMIT ?3)`,
  );
  return subscriptionIds.map((id) => statement.bind(id, now, share));
}

/** When a delivery, `d` in the statement, is due by itself. As a probe it waits longer, and must not once it is none. */
export function dueByItself(d: string): string {
  return `coalesce((SELECT a.next_attempt_at FROM attempts a WHERE a.delivery_id = ${d}.id AND a.number = ${d}.attempts), ${d}.created_at)`;
}

export interface Probing {
  fence: Fence;
  healthDeltas: EndpointHealthDelta[];
  /** Deliveries whose attempts ended: a probe among them has told what it could. */
  attempted: number[];
  /** Milliseconds from one probe to the next, by how many have failed; the last stands for all that follow. */
  waitsMs: readonly number[];
  /** From a probe's time until the sweep shall look after it. */
  graceMs: number;
  now: number;
}

/**
 * For the settling batch, after the failures are counted: opens the breakers of subscriptions that have failed too often
 * in a row, holds their deliveries, and sends the one that is due first as the probe, not before the wait is over. Where
 * there is none to send, the breaker is closed, and the next event is the probe. The last statement returns the probes.
 */
export function openBreakers(db: Database, probing: Probing): D1PreparedStatement[] {
  const ids = probing.healthDeltas.map(({ subscriptionId }) => subscriptionId);
  return [markForProbe(db, probing), ...holdBack(db, ids, probing.now), chooseProbes(db, ids), wakeProbes(db, probing)];
}

function markForProbe(db: Database, { fence, healthDeltas, attempted }: Probing): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET probe_delivery_id = 0, failed_probes = iif(probe_delivery_id IS NULL, 0, failed_probes + (j.value->>2 > 0))
      FROM json_each(${ifNotCarriedOut("?1", "?3")}) j
      WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1 AND enabled
        AND consecutive_failures >= ${OPENS_AFTER_FAILURES}
        AND (probe_delivery_id IS NULL OR probe_delivery_id IN (SELECT value FROM json_each(?2)))`,
    )
    .bind(
      JSON.stringify(healthDeltas.map(({ subscriptionId, url, failures }) => [subscriptionId, url, failures])),
      JSON.stringify(attempted),
      fence,
    );
}

function chooseProbes(db: Database, subscriptionIds: number[]): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET probe_delivery_id = (
        SELECT id FROM deliveries INDEXED BY deliveries_held
        WHERE subscription_id = subscriptions.id AND state = 'held' ORDER BY next_attempt_at LIMIT 1)
      WHERE id IN (SELECT value FROM json_each(?1)) AND probe_delivery_id = 0`,
    )
    .bind(JSON.stringify(subscriptionIds));
}

function wakeProbes(db: Database, { healthDeltas, waitsMs, graceMs, now }: Probing): D1PreparedStatement {
  // D1 binds numbers as doubles, and no array has a place 1.0.
  const dueAt = `max(next_attempt_at, j.value->>1, ?3 + (?2->>CAST(min(s.failed_probes, ?4) AS INTEGER)))`;
  // A CROSS JOIN here would have SQLite begin with all that is held, whoever's it is.
  return db
    .prepare(
      `UPDATE deliveries SET state = 'pending', next_attempt_at = ${dueAt}, sweep_at = ${dueAt} + ?5,
        attempts_before_schedule = iif(s.release_mode = 'restart', attempts, attempts_before_schedule), ${LAPSE_LEASE}
      FROM json_each(?1) j JOIN subscriptions s ON s.id = j.value->>0
      WHERE deliveries.id = s.probe_delivery_id AND deliveries.state = 'held'
      RETURNING id, next_attempt_at`,
    )
    .bind(
      JSON.stringify(healthDeltas.map(({ subscriptionId, notBefore }) => [subscriptionId, notBefore])),
      JSON.stringify(waitsMs),
      now,
      waitsMs.length - 1,
      graceMs,
    );
}
