import type { Database } from "../database.ts";
import { unlessCommitted, type CommitMarker, type EndpointHealthDelta } from "../settlement.ts";

/** So many failures in a row open a subscription's breaker. */
export const OPENS_AFTER_FAILURES = 10;

/**
 * How many deliveries one batch holds, in equal shares by subscription. Each subscription holds some at least, because
 * the probe is chosen among its held deliveries. The others become held when they are claimed.
 */
const MAX_HELD = 500;
const MIN_HELD_OF_ONE = 20;

/** SQL: whether the subscription under the alias `s` takes deliveries now: it is enabled and its breaker is closed. */
export function takesDeliveries(s: string): string {
  return `(${s}.enabled AND ${s}.probe_delivery_id IS NULL)`;
}

/** SQL: whether a pending delivery of the subscription is to be held. Of an open breaker, all but the probe are. */
export function isToBeHeld(s: string, deliveryId: string): string {
  return `(NOT ${s}.enabled OR (${s}.probe_delivery_id IS NOT NULL AND ${s}.probe_delivery_id <> ${deliveryId}))`;
}

/**
 * For a statement that makes a delivery due again: revokes an expired lease, so that a late settlement by its consumer
 * does not undo the statement. `''` keeps the trace of the attempt, which the next claim records as lost.
 */
export const REVOKE_LEASE = `lease_token = iif(lease_token IS NULL, NULL, '')`;

/** Holds the pending deliveries of those of the subscriptions that take none now, but not a delivery in an attempt. */
export function holdDeliveries(db: Database, subscriptionIds: number[], now: number): D1PreparedStatement[] {
  const share = Math.max(MIN_HELD_OF_ONE, Math.floor(MAX_HELD / Math.max(1, subscriptionIds.length)));
  const statement = db.prepare(
    `UPDATE deliveries SET state = 'held', ${REVOKE_LEASE} WHERE id IN (
        SELECT d.id FROM subscriptions s
        CROSS JOIN deliveries d INDEXED BY deliveries_subscription ON d.subscription_id = s.id AND d.state = 'pending'
        WHERE s.id = ?1 AND NOT ${takesDeliveries("s")} AND ${isToBeHeld("s", "d.id")}
          AND coalesce(d.lease_until, 0) <= ?2 LIMIT ?3)`,
  );
  return subscriptionIds.map((id) => statement.bind(id, now, share));
}

/**
 * SQL: when the delivery under the alias `d` is due by its own schedule. A probe waits longer than that, so a delivery
 * that stops being the probe gets its own time back.
 */
export function ownDueTime(d: string): string {
  return `coalesce((SELECT a.next_attempt_at FROM attempts a WHERE a.delivery_id = ${d}.id AND a.number = ${d}.attempts), ${d}.created_at)`;
}

export interface ProbeTiming {
  /** Milliseconds until the next probe, by the number of failed probes; the last value holds for all further ones. */
  waitsMs: readonly number[];
  /** From the time of a probe until the sweep hints it again. */
  graceMs: number;
}

interface BreakerUpdate extends ProbeTiming {
  marker: CommitMarker;
  healthDeltas: EndpointHealthDelta[];
  /** The deliveries whose attempts ended. If the probe is among them, another one is needed. */
  attempted: number[];
  now: number;
}

/**
 * For the settling batch, after the failures are counted: opens the breakers of subscriptions that have failed too
 * often in a row, and holds their deliveries. The held delivery that is due first becomes the probe: it is pending
 * again, and due when the wait is over. If none is held, the breaker is closed, and the next event is the probe. The
 * last statement returns the probes.
 */
export function openBreakers(db: Database, update: BreakerUpdate): D1PreparedStatement[] {
  const ids = update.healthDeltas.map(({ subscriptionId }) => subscriptionId);
  return [
    markForProbe(db, update),
    ...holdDeliveries(db, ids, update.now),
    chooseProbes(db, ids),
    wakeProbes(db, update),
  ];
}

/** Sets `probe_delivery_id` to 0 if the subscription needs a probe. */
function markForProbe(db: Database, { marker, healthDeltas, attempted }: BreakerUpdate): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET probe_delivery_id = 0, failed_probes = iif(probe_delivery_id IS NULL, 0, failed_probes + (j.value->>2 > 0))
      FROM json_each(${unlessCommitted("?1", "?3")}) j
      WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1 AND enabled
        AND consecutive_failures >= ${OPENS_AFTER_FAILURES}
        AND (probe_delivery_id IS NULL OR probe_delivery_id IN (SELECT value FROM json_each(?2)))`,
    )
    .bind(
      JSON.stringify(healthDeltas.map(({ subscriptionId, url, failures }) => [subscriptionId, url, failures])),
      JSON.stringify(attempted),
      marker,
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

function wakeProbes(db: Database, { healthDeltas, waitsMs, graceMs, now }: BreakerUpdate): D1PreparedStatement {
  // D1 binds numbers as doubles, and ->> finds nothing at the index 1.0.
  const dueAt = `max(next_attempt_at, j.value->>1, ?3 + (?2->>CAST(min(s.failed_probes, ?4) AS INTEGER)))`;
  // Not a CROSS JOIN: with that, SQLite would begin with the held deliveries of all subscriptions.
  return db
    .prepare(
      `UPDATE deliveries SET state = 'pending', next_attempt_at = ${dueAt}, sweep_at = ${dueAt} + ?5,
        attempts_before_schedule = iif(s.release_mode = 'restart', attempts, attempts_before_schedule), ${REVOKE_LEASE}
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
