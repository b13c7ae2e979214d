import { openBreakers, type Probing } from "../subscriptions/breaker.ts";
import type { Lease } from "./claim-deliveries.ts";
import type { Database } from "../database.ts";
import { fenceOf, type Settlement, type EndpointHealthDelta } from "../settlement.ts";
import { countFailures, disableUnreachable } from "../subscriptions/endpoint-health.ts";
import { countHours } from "../subscriptions/hourly-statistics.ts";

export interface SettlementBatch {
  lease: Pick<Lease, "token" | "startsAt">;
  settlements: Settlement[];
  /** Claimed, but never attempted: given back as if they had not been claimed. */
  released: { deliveryId: number; sweepAt: number }[];
  /** What the messages say of their subscriptions. */
  healthDeltas: EndpointHealthDelta[];
  probing: Pick<Probing, "waitsMs" | "graceMs">;
  now: number;
}

export interface Settled {
  /** Deliveries that were chosen to find out whether their subscription is well again. */
  probes: { id: number; next_attempt_at: number }[];
  /** Whether any subscription has held deliveries to release. */
  hasReleases: boolean;
}

/**
 * One transaction. Each delivery is fenced by its lease: a consumer that lost it changes nothing, though what it attempted
 * is still recorded, over the `lost` that stood in for it. What the attempts say of their subscriptions is counted once: a
 * batch that is sent again after D1 carried it out changes nothing, and leaves the hints that it returned to the sweep.
 */
export async function settleDeliveries(db: Database, batch: SettlementBatch): Promise<Settled> {
  const { settlements, released, healthDeltas, now } = batch;
  const fence = fenceOf(settlements);
  const ailing = healthDeltas.filter(({ delivered, failures, gone }) => failures > 0 || !delivered || gone !== null);
  const following = ailing.length > 0 ? followAiling(db, ailing, batch) : [];
  const results = await db.batch<{ id: number; next_attempt_at: number; release_mode: string | null }>([
    countFailures(db, healthDeltas, fence, now),
    settle(db, batch),
    countHours(db, settlements, fence, now),
    ...(released.length > 0 ? [release(db, batch)] : []),
    ...following,
    recordAttempts(db, batch), // the last, for it closes the fence
  ]);
  return {
    probes: following.length > 0 ? (results.at(-2)?.results ?? []) : [],
    hasReleases: results[0]?.results.some(({ release_mode }) => release_mode !== null) ?? false,
  };
}

function followAiling(
  db: Database,
  healthDeltas: EndpointHealthDelta[],
  { settlements, probing, now }: SettlementBatch,
): D1PreparedStatement[] {
  const attempted = settlements.map(({ deliveryId }) => deliveryId);
  const fence = fenceOf(settlements);
  return [
    ...disableUnreachable(db, healthDeltas, fence, now),
    ...openBreakers(db, { ...probing, fence, healthDeltas, attempted, now }),
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

/** What fails for good although its owner revived the subscription during the attempt stays due. */
function settle(db: Database, { settlements, lease, now }: SettlementBatch): D1PreparedStatement {
  const rows = settlements.map(({ deliveryId, state, nextAttemptAt, sweepAt }) => [
    deliveryId,
    state,
    nextAttemptAt,
    sweepAt,
  ]);
  const isRevived = `(j.value->>1 = 'failed' AND EXISTS (
          SELECT 1 FROM subscriptions s WHERE s.id = subscription_id AND s.reenabled_at > ?4))`;
  return db
    .prepare(
      `UPDATE deliveries SET state = iif(${isRevived}, 'pending', j.value->>1), lease_token = NULL, lease_until = NULL,
        next_attempt_at = coalesce(j.value->>2, next_attempt_at), sweep_at = coalesce(j.value->>3, sweep_at),
        settled_at = iif(j.value->>1 IN ('pending', 'held') OR ${isRevived}, NULL, ?3)
      FROM json_each(?1) j
      WHERE deliveries.id = j.value->>0 AND deliveries.lease_token = ?2 AND deliveries.state = 'pending'`,
    )
    .bind(JSON.stringify(rows), lease.token, now, lease.startsAt);
}

function release(db: Database, { released, lease }: SettlementBatch): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries SET attempts = attempts - 1, lease_token = NULL, lease_until = NULL, sweep_at = j.value->>1
      FROM json_each(?1) j
      WHERE deliveries.id = j.value->>0 AND lease_token = ?2 AND state = 'pending'`,
    )
    .bind(JSON.stringify(released.map(({ deliveryId, sweepAt }) => [deliveryId, sweepAt])), lease.token);
}
