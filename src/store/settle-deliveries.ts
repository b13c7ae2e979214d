import type { AttemptOutcome, DeliveryState } from "../schemas/delivery.ts";
import type { Database } from "./database.ts";
import { noteHealth } from "./subscription-health.ts";

/** What came of one claimed delivery. */
export interface Settlement {
  deliveryId: number;
  subscriptionId: number;
  /** Where the attempt went. */
  url: string;
  state: DeliveryState;
  /** For a delivery that stays pending: when it is due, and when the sweep shall look after it. */
  nextAttemptAt: number | null;
  sweepAt: number | null;
  attempt: {
    number: number;
    startedAt: number;
    durationMs: number;
    outcome: AttemptOutcome;
    status: number | null;
    reason: string | null;
    response: string | null;
  };
}

export interface SettlementBatch {
  leaseToken: string;
  settlements: Settlement[];
  /** Claimed, but never attempted: given back as if they had not been claimed. */
  released: { ids: number[]; sweepAt: number };
  now: number;
}

/**
 * One transaction. Each delivery is fenced by its lease: who lost it changes nothing, though what he attempted is still
 * noted, over the `lost` that stood in for it. What the attempts say of their subscriptions is noted too.
 */
export async function settleDeliveries(db: Database, batch: SettlementBatch): Promise<void> {
  await db.batch([
    recordAttempts(db, batch),
    settle(db, batch),
    ...(batch.released.ids.length > 0 ? [release(db, batch)] : []),
    ...noteHealth(db, batch.settlements, batch.now),
  ]);
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
      `UPDATE deliveries SET attempts = attempts - 1, lease_token = NULL, lease_until = NULL, sweep_at = ?3
      WHERE id IN (SELECT value FROM json_each(?1)) AND lease_token = ?2 AND state = 'pending'`,
    )
    .bind(JSON.stringify(released.ids), leaseToken, released.sweepAt);
}
