import type { Database } from "./database.ts";
import type { Settlement } from "./settle-deliveries.ts";

const WORN_OUT_AFTER_MS = 5 * 24 * 60 * 60 * 1000;
const WORN_OUT_AFTER_FAILURES = 10;
const WORN_OUT = "every attempt has failed for 5 days";

/** What a batch says of one subscription, under the URL that it had. */
interface Verdict {
  id: number;
  url: string;
  /** Whether any attempt arrived, and how many have failed since. */
  delivered: boolean;
  failures: number;
  /** Why the destination is gone, if it is. */
  gone: string | null;
}

/**
 * For the settling batch: counts each subscription's unbroken run of failures, and disables it when its destination is
 * gone or every attempt has failed for 5 days, at least 10 of them. Whose URL has changed meanwhile is left alone.
 * Deliveries of a disabled subscription are held. Its set's version moves too, so that an owner who read it before
 * cannot revive it unawares.
 */
export function noteHealth(db: Database, settlements: Settlement[], now: number): D1PreparedStatement[] {
  const verdicts = verdictsOf(settlements);
  if (verdicts.length === 0) return [];
  const rows = JSON.stringify(
    verdicts.map(({ id, url, delivered, failures, gone }) => [id, url, delivered, failures, gone]),
  );
  const ids = JSON.stringify(verdicts.map(({ id }) => id));
  const count = countFailures(db, rows, now);
  if (verdicts.every(({ failures }) => failures === 0)) return [count];
  return [count, disable(db, rows, now), ...followDisabled(db, ids, now)];
}

/** In the order of the attempts. A refusal is the message's own fault, and says nothing of the destination. */
function verdictsOf(settlements: Settlement[]): Verdict[] {
  const verdicts = new Map<number, Verdict>();
  for (const { subscriptionId: id, url, attempt } of settlements) {
    const verdict = verdicts.get(id) ?? { id, url, delivered: false, failures: 0, gone: null };
    if (attempt.outcome === "delivered") verdicts.set(id, { ...verdict, delivered: true, failures: 0 });
    if (attempt.outcome === "retry") verdicts.set(id, { ...verdict, failures: verdict.failures + 1 });
    if (attempt.outcome === "gone") {
      verdicts.set(id, { ...verdict, failures: verdict.failures + 1, gone: attempt.reason ?? "gone" });
    }
  }
  return [...verdicts.values()];
}

/** Writes no row of a subscription that was well and is. */
function countFailures(db: Database, rows: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET
        consecutive_failures = iif(j.value->>2, 0, consecutive_failures) + (j.value->>3),
        failing_since = iif(j.value->>3 = 0, NULL, iif(j.value->>2, ?2, coalesce(failing_since, ?2)))
      FROM json_each(?1) j
      WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1
        AND (j.value->>3 > 0 OR consecutive_failures > 0)`,
    )
    .bind(rows, now);
}

function disable(db: Database, rows: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET enabled = 0, disabled_at = ?2, disabled_reason = coalesce(j.value->>4, ?3)
      FROM json_each(?1) j
      WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1 AND enabled
        AND (j.value->>4 IS NOT NULL OR (failing_since <= ?4 AND consecutive_failures >= ?5))`,
    )
    .bind(rows, now, WORN_OUT, now - WORN_OUT_AFTER_MS, WORN_OUT_AFTER_FAILURES);
}

function followDisabled(db: Database, ids: string, now: number): D1PreparedStatement[] {
  const disabledNow = `FROM subscriptions WHERE id IN (SELECT value FROM json_each(?1)) AND NOT enabled AND disabled_at = ?2`;
  return [
    db
      .prepare(
        `UPDATE subscription_sets SET version = version + 1, writer = '' WHERE project IN (SELECT project ${disabledNow})`,
      )
      .bind(ids, now),
    db
      .prepare(
        `UPDATE deliveries SET state = 'held', lease_token = NULL, lease_until = NULL
        WHERE state = 'pending' AND subscription_id IN (SELECT id ${disabledNow})`,
      )
      .bind(ids, now),
  ];
}
