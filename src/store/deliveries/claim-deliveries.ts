import type { DeliveryState } from "../../schemas/delivery.ts";
import { isToBeHeld } from "../subscriptions/hold-deliveries.ts";
import {
  loadLongLists,
  toClaimedSubscription,
  selectSubscriptions,
  type ClaimedSubscription,
  type SubscriptionColumns,
} from "./claimed-subscriptions.ts";
import {
  joinLocated,
  SEGMENT_COLUMNS,
  toSegment,
  type ArchivedSegment,
  type SegmentColumns,
} from "../archive/located-events.ts";
import type { Database } from "../database.ts";
import type { EventRow } from "../events/event-rows.ts";
import { rowsOf, runBatch } from "../query.ts";
import { newestCheckpointQuery, type NewestCheckpoint } from "../log/newest-checkpoint.ts";

export interface Lease {
  /** Unique to this claim. A settlement is accepted only if it has the delivery's current token. */
  token: string;
  startsAt: number;
  endsAt: number;
}

/** A leased delivery, with everything that its attempt needs. */
export interface ClaimedDelivery {
  id: number;
  subscriptionId: number;
  project: string;
  /** The number of this attempt. An attempt counts from its claim on. */
  attempt: number;
  /** The number of attempts before the current run of RETRY_SCHEDULE. */
  attemptsBeforeSchedule: number;
  eventId: number;
  /** Undefined if the event is not in D1. */
  event: EventRow | undefined;
  /** The segment of the archive that holds the event. Undefined if the event is in D1, or does not exist any more. */
  segment: ArchivedSegment | undefined;
  /** Undefined if the subscription was deleted or, if `isSubscriptionThere` is true, if its row cannot be read. */
  subscription: ClaimedSubscription | undefined;
  isSubscriptionThere: boolean;
}

/** A delivery that could not be claimed. Its state and due time say why. */
export interface UnclaimedDelivery {
  id: number;
  state: DeliveryState;
  next_attempt_at: number;
}

export interface Claim {
  claimed: ClaimedDelivery[];
  /** Leased deliveries whose subscriptions did not fit in memory with the others. The caller releases them at once. */
  postponed: number[];
  unclaimed: UnclaimedDelivery[];
  /** The newest checkpoint of the log, for the webhooks of this claim. Undefined if nothing was claimed. */
  newestCheckpoint: NewestCheckpoint | undefined;
}

/**
 * Leases the deliveries of `ids` that are due and not leased, and loads them. This takes one round trip, and a second
 * one if lists of groups are long. If a lease has expired, its consumer died, so its attempt is recorded with the
 * outcome `lost`. If a subscription takes no deliveries now, its delivery becomes held. A second call with the same
 * lease changes nothing and returns the same result.
 */
export async function claimDeliveries(db: Database, ids: number[], lease: Lease): Promise<Claim> {
  const wanted = JSON.stringify(ids);
  const [, , , rows, subscriptions, newestCheckpoint] = await runBatch<
    [unknown, unknown, unknown, DeliveryRow[], SubscriptionColumns[], NewestCheckpoint]
  >(
    db,
    rowsOf(recordLostAttempts(db, wanted, lease)),
    rowsOf(holdIfNotTaken(db, wanted, lease)),
    rowsOf(takeLease(db, wanted, lease)),
    rowsOf(selectDeliveries(db, wanted, lease)),
    rowsOf(selectSubscriptions(db, wanted, lease.token)),
    newestCheckpointQuery(db),
  );
  const loaded = new Map(subscriptions.map((row) => [row.subscription_id, row]));
  const notLoaded = await loadLongLists(db, [...loaded.values()]);
  const parsed = new Map([...loaded].map(([id, row]) => [id, toClaimedSubscription(row)])); // once, for all deliveries
  const mine = rows.filter(({ is_mine }) => is_mine === 1);
  const isPostponed = ({ subscription_id }: DeliveryRow) => notLoaded.has(subscription_id);
  return {
    claimed: mine.filter((row) => !isPostponed(row)).map((row) => toClaimed(row, parsed)),
    postponed: mine.filter(isPostponed).map(({ delivery_id }) => delivery_id),
    unclaimed: rows
      .filter(({ is_mine }) => is_mine === 0)
      .map(({ delivery_id, state, next_attempt_at }) => ({ id: delivery_id, state, next_attempt_at })),
    newestCheckpoint,
  };
}

/**
 * Fails a delivery that cannot be claimed although D1 is available, because its rows are damaged. An attempt with the
 * reason is recorded for owners to read. Changes nothing if another consumer has a lease, or if the delivery is
 * settled.
 */
export async function failUnclaimable(db: Database, id: number, lease: Lease, reason: string): Promise<void> {
  const { token, startsAt } = lease;
  const isFree = `(lease_token IS ?3 OR (next_attempt_at <= ?2 AND coalesce(lease_until, 0) <= ?2))`;
  const number = `attempts + (lease_token IS NOT ?3)`; // if D1 committed the claim and only the response was lost, the claim has counted the attempt
  await db.batch([
    recordLostAttempts(db, JSON.stringify([id]), lease),
    db
      .prepare(
        `INSERT INTO attempts (delivery_id, number, started_at, outcome, reason)
        SELECT id, ${number}, ?2, 'refused', ?4 FROM deliveries WHERE id = ?1 AND state = 'pending' AND ${isFree}`,
      )
      .bind(id, startsAt, token, reason),
    db
      .prepare(
        `UPDATE deliveries SET state = 'failed', attempts = ${number}, settled_at = ?2, lease_token = NULL,
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
      SELECT id, attempts, lease_until - ?3, 'lost', 'no result: the consumer stopped during the attempt' FROM deliveries
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND lease_token IS NOT NULL AND lease_until <= ?2`,
    )
    .bind(ids, startsAt, endsAt - startsAt);
}

function holdIfNotTaken(db: Database, ids: string, { startsAt }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries SET state = 'held', lease_token = NULL, lease_until = NULL
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND coalesce(lease_until, 0) <= ?2
        AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = subscription_id AND ${isToBeHeld("s", "deliveries.id")})`,
    )
    .bind(ids, startsAt);
}

function takeLease(db: Database, ids: string, { token, startsAt, endsAt }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries SET lease_token = ?2, lease_until = ?4, sweep_at = ?4, attempts = attempts + 1,
        attempts_before_schedule = iif(attempts > attempts_before_schedule AND ${wasReenabledSinceLastAttempt()}, attempts, attempts_before_schedule)
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND next_attempt_at <= ?3
        AND (lease_until IS NULL OR lease_until <= ?3)`,
    )
    .bind(ids, token, startsAt, endsAt);
}

/**
 * SQL: true if an owner has enabled the subscription again since the last attempt. The delivery's schedule then
 * restarts.
 */
function wasReenabledSinceLastAttempt(): string {
  return `EXISTS (SELECT 1 FROM subscriptions s CROSS JOIN attempts a ON a.delivery_id = deliveries.id
          AND a.number = deliveries.attempts AND a.started_at < s.reenabled_at WHERE s.id = deliveries.subscription_id)`;
}

interface DeliveryRow extends SegmentColumns {
  delivery_id: number;
  state: DeliveryState;
  next_attempt_at: number;
  subscription_id: number;
  delivery_project: string;
  attempts: number;
  attempts_before_schedule: number;
  is_mine: 0 | 1;
  event_id: number;
  /** Null if this claim does not have the lease, or if the event is not in D1. */
  json: string | null;
}

/** Selects the deliveries, and the events of the leased ones, or the segments of the archive that hold these events. */
function selectDeliveries(db: Database, ids: string, { token }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `SELECT d.id AS delivery_id, d.state, d.next_attempt_at, d.subscription_id, d.project AS delivery_project, d.attempts,
        d.attempts_before_schedule, d.lease_token IS ?2 AS is_mine, d.event_id, events.json, ${SEGMENT_COLUMNS}
      FROM deliveries d ${joinLocated("d.event_id", { above: "deleted_to", onlyIf: "d.lease_token = ?2" })}
      WHERE d.id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(ids, token);
}

function toClaimed(row: DeliveryRow, subscriptions: Map<number, ClaimedSubscription | undefined>): ClaimedDelivery {
  return {
    id: row.delivery_id,
    subscriptionId: row.subscription_id,
    project: row.delivery_project,
    attempt: row.attempts,
    attemptsBeforeSchedule: row.attempts_before_schedule,
    eventId: row.event_id,
    segment: toSegment(row),
    event: row.json === null ? undefined : { id: row.event_id, json: row.json },
    subscription: subscriptions.get(row.subscription_id),
    isSubscriptionThere: subscriptions.has(row.subscription_id),
  };
}
