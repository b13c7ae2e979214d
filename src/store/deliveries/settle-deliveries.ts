import { openBreakers, type Probing } from "./breaker.ts";
import type { Database } from "../database.ts";
import type { Settlement, Verdict } from "./settlement.ts";
import { countFailures, disableHopeless } from "../subscriptions/subscription-health.ts";
import { countHours } from "../subscriptions/subscription-hours.ts";

export interface SettlementBatch {
  leaseToken: string;
  settlements: Settlement[];
  /** Claimed, but never attempted: given back as if they had not been claimed. */
  released: { deliveryId: number; sweepAt: number }[];
  /** What the messages say of their subscriptions. */
  verdicts: Verdict[];
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
 * One transaction. Each delivery is fenced by its lease: who lost it changes nothing, though what he attempted is still
 * noted, over the `lost` that stood in for it. What the attempts say of their subscriptions is noted too.
 */
export async function settleDeliveries(db: Database, batch: SettlementBatch): Promise<Settled> {
  const { settlements, released, verdicts, now } = batch;
  const ailing = verdicts.filter(({ delivered, failures, gone }) => failures > 0 || !delivered || gone !== null);
  const results = await db.batch<{ id: number; next_attempt_at: number; releasing: string | null }>([
    countFailures(db, verdicts, now),
    recordAttempts(db, batch),
    settle(db, batch),
    countHours(db, settlements, now),
    ...(released.length > 0 ? [release(db, batch)] : []),
    ...(ailing.length > 0 ? followAiling(db, ailing, batch) : []),
  ]);
  return {
    probes: ailing.length > 0 ? (results.at(-1)?.results ?? []) : [],
    hasReleases: results[0]?.results.some(({ releasing }) => releasing !== null) ?? false,
  };
}

function followAiling(
  db: Database,
  verdicts: Verdict[],
  { settlements, probing, now }: SettlementBatch,
): D1PreparedStatement[] {
  const attempted = settlements.map(({ deliveryId }) => deliveryId);
  return [...disableHopeless(db, verdicts, now), ...openBreakers(db, { ...probing, verdicts, attempted, now })];
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

function settle(db: Database, { settlements, leaseToken, now }: SettlementBatch): D1PreparedStatement {
  const rows = settlements.map(({ deliveryId, state, nextAttemptAt, sweepAt }) => [
    deliveryId,
    state,
    nextAttemptAt,
    sweepAt,
  ]);
  return db
    .prepare(
      `UPDATE deliveries SET state = j.value->>1, lease_token = NULL, lease_until = NULL,
        next_attempt_at = coalesce(j.value->>2, next_attempt_at), sweep_at = coalesce(j.value->>3, sweep_at),
        settled_at = iif(j.value->>1 IN ('pending', 'held'), NULL, ?3)
      FROM json_each(?1) j
      WHERE deliveries.id = j.value->>0 AND deliveries.lease_token = ?2 AND deliveries.state = 'pending'`,
    )
    .bind(JSON.stringify(rows), leaseToken, now);
}

function release(db: Database, { released, leaseToken }: SettlementBatch): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries SET attempts = attempts - 1, lease_token = NULL, lease_until = NULL, sweep_at = j.value->>1
      FROM json_each(?1) j
      WHERE deliveries.id = j.value->>0 AND lease_token = ?2 AND state = 'pending'`,
    )
    .bind(JSON.stringify(released.map(({ deliveryId, sweepAt }) => [deliveryId, sweepAt])), leaseToken);
}
