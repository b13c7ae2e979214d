import type { Database } from "../database.ts";

/**
 * The most deliveries that one batch holds, in equal shares for the subscriptions. At least `MIN_HELD_OF_ONE` of each
 * subscription are held, because its probe is chosen from them. The other deliveries become held when they are claimed.
 */
const MAX_HELD = 500;
const MIN_HELD_OF_ONE = 20;

/** SQL: true if the subscription with the alias `s` takes deliveries now: it is enabled, and its breaker is closed. */
export function takesDeliveries(s: string): string {
  return `(${s}.enabled AND ${s}.probe_delivery_id IS NULL)`;
}

/**
 * SQL: true if a pending delivery of the subscription must be held. While a breaker is open, this is so for all
 * deliveries except the probe.
 */
export function isToBeHeld(s: string, deliveryId: string): string {
  return `(NOT ${s}.enabled OR (${s}.probe_delivery_id IS NOT NULL AND ${s}.probe_delivery_id <> ${deliveryId}))`;
}

/**
 * SQL: part of every statement that makes a delivery due again. Revokes an expired lease, so that its consumer cannot
 * settle the delivery later, which would undo the statement. The token `''` shows the next claim that there was an
 * attempt, which the claim must record as lost.
 */
export const REVOKE_LEASE = `lease_token = iif(lease_token IS NULL, NULL, '')`;

/**
 * Holds the pending deliveries of those subscriptions that take no deliveries now. A delivery that is being
 * attempted is not held.
 */
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
 * SQL: the time at which the delivery with the alias `d` is due by its own schedule. While a delivery is the probe, it
 * waits for the breaker's schedule instead. Afterwards, it gets this due time back.
 */
export function ownDueTime(d: string): string {
  return `coalesce((SELECT a.next_attempt_at FROM attempts a WHERE a.delivery_id = ${d}.id AND a.number = ${d}.attempts), ${d}.created_at)`;
}
