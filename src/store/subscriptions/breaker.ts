import type { Database } from "../database.ts";
import { holdDeliveries, REVOKE_LEASE } from "./hold-deliveries.ts";
import { unlessCommitted, type CommitMarker, type EndpointHealthDelta } from "../settlement.ts";

/** A subscription's breaker opens after this many failures in a row. */
export const OPENS_AFTER_FAILURES = 10;

/**
 * Counts each subscription's failures in a row. After a success, closes the breaker and marks the held deliveries for
 * release. Returns the `release_mode` of each changed subscription. Writes no row for a subscription that was healthy
 * and is still healthy.
 */
export function countFailuresAndCloseBreakers(
  db: Database,
  healthDeltas: EndpointHealthDelta[],
  marker: CommitMarker,
  now: number,
): D1PreparedStatement {
  const rows = healthDeltas.map(({ subscriptionId, url, delivered, failures }) => [
    subscriptionId,
    url,
    delivered,
    failures,
  ]);
  const closes = `(j.value->>2 AND j.value->>3 < ${OPENS_AFTER_FAILURES} AND probe_delivery_id IS NOT NULL)`;
  return db
    .prepare(
      `UPDATE subscriptions SET
        consecutive_failures = iif(j.value->>2, 0, consecutive_failures) + (j.value->>3),
        failing_since = iif(j.value->>3 = 0, iif(j.value->>2, NULL, failing_since), iif(j.value->>2, ?2, coalesce(failing_since, ?2))),
        release_mode = iif(${closes}, coalesce(release_mode, 'resume'), release_mode),
        failed_probes = iif(${closes}, 0, failed_probes),
        probe_delivery_id = iif(${closes}, NULL, probe_delivery_id)
      FROM json_each(${unlessCommitted("?1", "?3")}) j
      WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1
        AND (j.value->>3 > 0 OR (j.value->>2 AND consecutive_failures > 0))
      RETURNING id, release_mode`,
    )
    .bind(JSON.stringify(rows), now, marker);
}

export interface ProbeTiming {
  /** Milliseconds until the next probe, by the number of failed probes. Further probes use the last value. */
  waitsMs: readonly number[];
  /** The time between the due time of a probe and a new hint of the sweep. */
  graceMs: number;
}

interface BreakerUpdate extends ProbeTiming {
  marker: CommitMarker;
  healthDeltas: EndpointHealthDelta[];
  /** The deliveries that were attempted or could not be. If the probe is one of them, another probe is needed. */
  attempted: number[];
  now: number;
}

/**
 * Follows `countFailuresAndCloseBreakers` in the settling batch. Opens the breakers of subscriptions that have failed
 * too often in a row, and holds their deliveries. The held delivery that is due first becomes the probe. It is pending
 * again, and due when the wait is over. Without a held delivery, the breaker stays closed, and the delivery of the next
 * event is attempted. The last statement returns the probes.
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
  // D1 binds numbers as doubles, and ->> finds nothing at the index 1.0, so the index is cast.
  const dueAt = `max(next_attempt_at, j.value->>1, ?3 + (?2->>CAST(min(s.failed_probes, ?4) AS INTEGER)))`;
  // With a CROSS JOIN, SQLite would first read the held deliveries of all subscriptions.
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
