import { countFailuresAndCloseBreakers, openBreakers, type ProbeTiming } from "../subscriptions/breaker.ts";
import type { Lease } from "./claim-deliveries.ts";
import type { Database } from "../database.ts";
import { toCommitMarker, type Settlement, type EndpointHealthDelta } from "../settlement.ts";
import { disableUnreachable } from "../subscriptions/disable-unreachable.ts";
import { countAttemptsHourly } from "../subscriptions/hourly-statistics.ts";

export interface SettlementBatch {
  lease: Pick<Lease, "token" | "startsAt">;
  settlements: Settlement[];
  /**
   * Deliveries that were claimed but not attempted. Settling them undoes the claim. With `dueAt`, they are not due
   * before, and the probe of an open breaker is replaced by another delivery.
   */
  released: { deliveryId: number; sweepAt: number; dueAt?: number }[];
  healthDeltas: EndpointHealthDelta[];
  probing: ProbeTiming;
  now: number;
}

export interface SettlementResult {
  /** The deliveries that became probes of open breakers. */
  probes: { id: number; next_attempt_at: number }[];
  /** True if a subscription has held deliveries to release. */
  hasReleases: boolean;
}

/**
 * Settles a batch in one transaction. A consumer that has lost its lease cannot change the delivery. Its attempt is
 * still recorded, and replaces the placeholder with the outcome `lost`. If D1 has committed this batch before, and only
 * the response was lost, the batch changes nothing, so that no failure counts twice. It then returns neither probes nor
 * releases, and the sweep sends the hints.
 */
export async function settleDeliveries(db: Database, batch: SettlementBatch): Promise<SettlementResult> {
  const { settlements, released, healthDeltas, now } = batch;
  const marker = toCommitMarker(settlements);
  const unhealthy = healthDeltas.filter(({ delivered, failures, gone }) => failures > 0 || !delivered || gone !== null);
  const updates = unhealthy.length > 0 ? updateUnhealthy(db, unhealthy, batch) : [];
  const results = await db.batch<{ id: number; next_attempt_at: number; release_mode: string | null }>([
    countFailuresAndCloseBreakers(db, healthDeltas, marker, now),
    settle(db, batch),
    countAttemptsHourly(db, settlements, marker, now),
    ...(released.length > 0 ? [release(db, batch)] : []),
    ...updates,
    recordAttempts(db, batch), // last, because it inserts the row that the commit marker names
  ]);
  return {
    probes: updates.length > 0 ? (results.at(-2)?.results ?? []) : [],
    hasReleases: results[0]?.results.some(({ release_mode }) => release_mode !== null) ?? false,
  };
}

function updateUnhealthy(
  db: Database,
  healthDeltas: EndpointHealthDelta[],
  { settlements, released, probing, now }: SettlementBatch,
): D1PreparedStatement[] {
  const later = released.filter(({ dueAt }) => dueAt !== undefined);
  const attempted = [...settlements, ...later].map(({ deliveryId }) => deliveryId);
  const marker = toCommitMarker(settlements);
  return [
    ...disableUnreachable(db, healthDeltas, marker, now),
    ...openBreakers(db, { ...probing, marker, healthDeltas, attempted, now }),
  ];
}

function recordAttempts(db: Database, { settlements }: SettlementBatch): D1PreparedStatement {
  const rows = settlements.map(({ deliveryId, nextAttemptAt, attempt }) => [
    deliveryId,
    attempt.number,
    attempt.startedAt,
    attempt.durationMs,
    attempt.outcome,
    attempt.status,
    attempt.reason,
    attempt.response,
    nextAttemptAt,
  ]);
  return db
    .prepare(
      `INSERT INTO attempts (delivery_id, number, started_at, duration_ms, outcome, status, reason, response, next_attempt_at)
      SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8
      FROM json_each(?1) WHERE TRUE
      ON CONFLICT (delivery_id, number) DO UPDATE SET started_at = excluded.started_at,
        duration_ms = excluded.duration_ms, outcome = excluded.outcome, status = excluded.status,
        reason = excluded.reason, response = excluded.response
      WHERE attempts.outcome = 'lost'`,
    )
    .bind(JSON.stringify(rows));
}

/**
 * Settles the deliveries. A delivery that would fail for good stays pending if an owner enabled its subscription again
 * during the attempt.
 */
function settle(db: Database, { settlements, lease, now }: SettlementBatch): D1PreparedStatement {
  const rows = settlements.map(({ deliveryId, state, nextAttemptAt, sweepAt }) => [
    deliveryId,
    state,
    nextAttemptAt,
    sweepAt,
  ]);
  const wasReenabled = `(j.value->>1 = 'failed' AND EXISTS (
          SELECT 1 FROM subscriptions s WHERE s.id = subscription_id AND s.reenabled_at > ?4))`;
  return db
    .prepare(
      `UPDATE deliveries SET state = iif(${wasReenabled}, 'pending', j.value->>1), lease_token = NULL, lease_until = NULL,
        next_attempt_at = coalesce(j.value->>2, next_attempt_at), sweep_at = coalesce(j.value->>3, sweep_at),
        settled_at = iif(j.value->>1 IN ('pending', 'held') OR ${wasReenabled}, NULL, ?3)
      FROM json_each(?1) j
      WHERE deliveries.id = j.value->>0 AND deliveries.lease_token = ?2 AND deliveries.state = 'pending'`,
    )
    .bind(JSON.stringify(rows), lease.token, now, lease.startsAt);
}

function release(db: Database, { released, lease }: SettlementBatch): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries SET attempts = attempts - 1, lease_token = NULL, lease_until = NULL, sweep_at = j.value->>1,
        next_attempt_at = max(next_attempt_at, coalesce(j.value->>2, 0))
      FROM json_each(?1) j
      WHERE deliveries.id = j.value->>0 AND lease_token = ?2 AND state = 'pending'`,
    )
    .bind(
      JSON.stringify(released.map(({ deliveryId, sweepAt, dueAt }) => [deliveryId, sweepAt, dueAt ?? null])),
      lease.token,
    );
}
