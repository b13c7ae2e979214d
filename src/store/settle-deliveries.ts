import type { AttemptOutcome, DeliveryState } from "../schemas/delivery.ts";
import type { Database } from "./database.ts";

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
 * noted, over the `lost` that stood in for it. A destination that is gone disables its subscription, unless its URL has
 * changed meanwhile.
 */
export async function settleDeliveries(db: Database, batch: SettlementBatch): Promise<void> {
  const gone = batch.settlements.filter(({ attempt }) => attempt.outcome === "gone");
  await db.batch([
    recordAttempts(db, batch),
    settle(db, batch),
    ...(batch.released.ids.length > 0 ? [release(db, batch)] : []),
    ...noteHealth(db, batch),
    ...(gone.length > 0 ? disableGone(db, gone, batch.now) : []),
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

/** Notes when an unbroken run of failures began; a row is written only when that changes. A refusal is the message's own. */
function noteHealth(db: Database, { settlements, now }: SettlementBatch): D1PreparedStatement[] {
  const of = (...outcomes: AttemptOutcome[]) => {
    const matching = settlements.filter(({ attempt }) => outcomes.includes(attempt.outcome));
    return JSON.stringify([...new Set(matching.map(({ subscriptionId }) => subscriptionId))]);
  };
  return [
    db
      .prepare(
        `UPDATE subscriptions SET failing_since = ?2
        WHERE id IN (SELECT value FROM json_each(?1)) AND failing_since IS NULL`,
      )
      .bind(of("retry", "gone"), now),
    db
      .prepare(
        `UPDATE subscriptions SET failing_since = NULL
        WHERE id IN (SELECT value FROM json_each(?1)) AND failing_since IS NOT NULL`,
      )
      .bind(of("delivered")),
  ];
}

/** The set's version moves too, so that an owner who read it before cannot revive the subscription unawares. */
function disableGone(db: Database, gone: Settlement[], now: number): D1PreparedStatement[] {
  const rows = JSON.stringify(gone.map(({ subscriptionId, url, attempt }) => [subscriptionId, url, attempt.reason]));
  const disabledNow = `SELECT s.id FROM json_each(?1) j CROSS JOIN subscriptions s
    ON s.id = j.value->>0 AND s.url = j.value->>1 AND NOT s.enabled`;
  return [
    db
      .prepare(
        `UPDATE subscription_sets SET version = version + 1, writer = '' WHERE project IN (
          SELECT s.project FROM json_each(?1) j CROSS JOIN subscriptions s
          ON s.id = j.value->>0 AND s.url = j.value->>1 AND s.enabled)`,
      )
      .bind(rows),
    db
      .prepare(
        `UPDATE subscriptions SET enabled = 0, disabled_reason = j.value->>2, disabled_at = ?2
        FROM json_each(?1) j
        WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1 AND subscriptions.enabled`,
      )
      .bind(rows, now),
    db
      .prepare(
        `UPDATE deliveries SET state = 'held', lease_token = NULL, lease_until = NULL
        WHERE state IN ('pending', 'held') AND state = 'pending' AND subscription_id IN (${disabledNow})`,
      )
      .bind(rows),
  ];
}
