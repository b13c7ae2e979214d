import type { DeliveryState } from "../../schemas/delivery.ts";
import { isHeldBack } from "../subscriptions/breaker.ts";
import {
  loadLongLists,
  readSubscription,
  selectSubscriptions,
  type ClaimedSubscription,
  type SubscriptionColumns,
} from "./claimed-subscriptions.ts";
import type { Database } from "../database.ts";
import { EVENT_COLUMNS, type EventRow } from "../events/event-rows.ts";

export interface Lease {
  /** Of this claim alone: whoever settles must hold it. */
  token: string;
  startsAt: number;
  endsAt: number;
}

/** A delivery under this lease, with all that its attempt needs. */
export interface ClaimedDelivery {
  id: number;
  subscriptionId: number;
  project: string;
  /** This attempt's number, counted when claimed, and the number of those before the schedule last began. */
  attempt: number;
  attemptsBeforeSchedule: number;
  /** Undefined: it is no longer there. */
  event: EventRow | undefined;
  /** Undefined: it is no longer there, or where `isSubscriptionThere`, its row cannot be read. */
  subscription: ClaimedSubscription | undefined;
  isSubscriptionThere: boolean;
}

/** A delivery that was not to be claimed now, and why. */
export interface UnclaimedDelivery {
  id: number;
  state: DeliveryState;
  next_attempt_at: number;
}

export interface Claim {
  claimed: ClaimedDelivery[];
  /** Leased too, but their subscriptions were too much to load beside the others: to be given back at once. */
  postponed: number[];
  unclaimed: UnclaimedDelivery[];
}

/**
 * Leases those of `ids` that are due and free, and loads them: one round trip, and another for long lists. A lease that ran out is the trace of a
 * consumer that died; it becomes an attempt with outcome `lost`. What its subscription does not take now becomes held.
 * Sent again with the same lease, because its answer was lost, it changes nothing and returns the same.
 */
export async function claimDeliveries(db: Database, ids: number[], lease: Lease): Promise<Claim> {
  const wanted = JSON.stringify(ids);
  const [, , , deliveries, subscriptions] = await db.batch<DeliveryRow & SubscriptionColumns>([
    recordLostAttempts(db, wanted, lease),
    holdWhatIsNotTaken(db, wanted, lease),
    takeLease(db, wanted, lease),
    selectDeliveries(db, wanted, lease),
    selectSubscriptions(db, wanted, lease.token),
  ]);
  const loaded = new Map(subscriptions?.results.map((row) => [row.subscription_id, row]));
  const notLoaded = await loadLongLists(db, [...loaded.values()]);
  const rows = deliveries?.results ?? [];
  const mine = rows.filter(({ is_mine }) => is_mine === 1);
  const isPostponed = ({ subscription_id }: DeliveryRow) => notLoaded.has(subscription_id);
  return {
    claimed: mine.filter((row) => !isPostponed(row)).map((row) => toClaimed(row, loaded.get(row.subscription_id))),
    postponed: mine.filter(isPostponed).map(({ delivery_id }) => delivery_id),
    unclaimed: rows
      .filter(({ is_mine }) => is_mine === 0)
      .map(({ delivery_id, state, next_attempt_at }) => ({ id: delivery_id, state, next_attempt_at })),
  };
}

/**
 * Settles a delivery that no claim gets hold of, though D1 is well: something is wrong with its rows. It counts as an
 * attempt, so that its owner reads why. Nothing where somebody else leases it, or it is settled already.
 */
export async function failUnclaimable(db: Database, id: number, lease: Lease, reason: string): Promise<void> {
  const { token, startsAt } = lease;
  const isFree = `(lease_token IS ?3 OR (next_attempt_at <= ?2 AND coalesce(lease_until, 0) <= ?2))`;
  const itsAttempt = `attempts + (lease_token IS NOT ?3)`; // the claim may have been carried out, and only its answer failed
  await db.batch([
    recordLostAttempts(db, JSON.stringify([id]), lease),
    db
      .prepare(
        `INSERT INTO attempts (delivery_id, number, started_at, outcome, reason)
        SELECT id, ${itsAttempt}, ?2, 'refused', ?4 FROM deliveries WHERE id = ?1 AND state = 'pending' AND ${isFree}`,
      )
      .bind(id, startsAt, token, reason),
    db
      .prepare(
        `UPDATE deliveries SET state = 'failed', attempts = ${itsAttempt}, settled_at = ?2, lease_token = NULL,
          lease_until = NULL
        WHERE id = ?1 AND state = 'pending' AND ${isFree}`,
      )
      .bind(id, startsAt, token),
  ]);
}

function recordLostAttempts(db: Database, ids: string, { startsAt, endsAt }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `INSERT OR IGNORE INTO attempts (delivery_id, number, started_at, outcome, reason)
      SELECT id, attempts, lease_until - ?3, 'lost', 'the consumer stopped before it could say' FROM deliveries
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND lease_token IS NOT NULL AND lease_until <= ?2`,
    )
    .bind(ids, startsAt, endsAt - startsAt);
}

function holdWhatIsNotTaken(db: Database, ids: string, { startsAt }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries SET state = 'held', lease_token = NULL, lease_until = NULL
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND coalesce(lease_until, 0) <= ?2
        AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = subscription_id AND ${isHeldBack("s", "deliveries.id")})`,
    )
    .bind(ids, startsAt);
}

function takeLease(db: Database, ids: string, { token, startsAt, endsAt }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries SET lease_token = ?2, lease_until = ?4, sweep_at = ?4, attempts = attempts + 1,
        attempts_before_schedule = iif(attempts > attempts_before_schedule AND ${wasRevivedSinceItsLastAttempt()}, attempts, attempts_before_schedule)
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND next_attempt_at <= ?3
        AND (lease_until IS NULL OR lease_until <= ?3)`,
    )
    .bind(ids, token, startsAt, endsAt);
}

/** What was attempted before its owner revived the subscription has a fresh schedule, whether it was held meanwhile or not. */
function wasRevivedSinceItsLastAttempt(): string {
  return `EXISTS (SELECT 1 FROM subscriptions s CROSS JOIN attempts a ON a.delivery_id = deliveries.id
          AND a.number = deliveries.attempts AND a.started_at < s.reenabled_at WHERE s.id = deliveries.subscription_id)`;
}

interface DeliveryRow extends EventRow {
  delivery_id: number;
  state: DeliveryState;
  next_attempt_at: number;
  subscription_id: number;
  delivery_project: string;
  attempts: number;
  attempts_before_schedule: number;
  is_mine: 0 | 1;
}

/** With the event of each that is leased. */
function selectDeliveries(db: Database, ids: string, { token }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `SELECT d.id AS delivery_id, d.state, d.next_attempt_at, d.subscription_id, d.project AS delivery_project, d.attempts,
        d.attempts_before_schedule, d.lease_token IS ?2 AS is_mine, ${EVENT_COLUMNS}
      FROM deliveries d LEFT JOIN events ON events.id = d.event_id AND d.lease_token = ?2
      WHERE d.id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(ids, token);
}

function toClaimed(row: DeliveryRow, subscription: SubscriptionColumns | undefined): ClaimedDelivery {
  return {
    id: row.delivery_id,
    subscriptionId: row.subscription_id,
    project: row.delivery_project,
    attempt: row.attempts,
    attemptsBeforeSchedule: row.attempts_before_schedule,
    event: row.id === null ? undefined : row,
    subscription: subscription && readSubscription(subscription),
    isSubscriptionThere: subscription !== undefined,
  };
}
