import type { DeliveryState } from "../../schemas/delivery.ts";
import type { EventType } from "../../schemas/event.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";
import { isHeldBack } from "./breaker.ts";
import type { Database } from "../database.ts";
import { EVENT_COLUMNS, type EventRow } from "../events/event-rows.ts";
import type { SubscriptionRow } from "../subscriptions/subscriptions.ts";
import type { RetiredSecret } from "../tables/subscriptions.ts";

export interface Lease {
  /** Of this claim alone: whoever settles must hold it. */
  token: string;
  startsAt: number;
  endsAt: number;
}

/** A delivery under this lease, with all that its attempt needs. `event` and `subscription` are undefined where they vanished. */
export interface ClaimedDelivery {
  id: number;
  subscriptionId: number;
  project: string;
  /** This attempt's number, counted when claimed, and the number of those before the schedule last began. */
  attempt: number;
  scheduleFrom: number;
  event: EventRow | undefined;
  subscription: ClaimedSubscription | undefined;
}

export type ClaimedSubscription = Pick<
  SubscriptionRow,
  | "type"
  | "url"
  | "slack_username"
  | "slack_icon"
  | "signing_secret"
  | "retired_secrets"
  | "event_types"
  | "allowed_groups"
>;

/** A delivery that was not to be claimed now, and why. */
export interface UnclaimedDelivery {
  id: number;
  state: DeliveryState;
  next_attempt_at: number;
}

export interface Claim {
  claimed: ClaimedDelivery[];
  unclaimed: UnclaimedDelivery[];
}

/**
 * Leases those of `ids` that are due and free, and loads them: one round trip. A lease that ran out is the trace of a
 * consumer that died; it becomes an attempt with outcome `lost`. What its subscription does not take now becomes held.
 */
export async function claimDeliveries(db: Database, ids: number[], lease: Lease): Promise<Claim> {
  const wanted = JSON.stringify(ids);
  const [, , , claimed, unclaimed] = await db.batch<ClaimedRow & UnclaimedDelivery>([
    recordLostAttempts(db, wanted, lease),
    holdWhatIsNotTaken(db, wanted, lease),
    takeLease(db, wanted, lease),
    selectClaimed(db, wanted, lease),
    selectUnclaimed(db, wanted, lease),
  ]);
  return { claimed: claimed?.results.map(toClaimed) ?? [], unclaimed: unclaimed?.results ?? [] };
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
      `UPDATE deliveries SET lease_token = ?2, lease_until = ?4, sweep_at = ?4, attempts = attempts + 1
      WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'pending' AND next_attempt_at <= ?3
        AND (lease_until IS NULL OR lease_until <= ?3)`,
    )
    .bind(ids, token, startsAt, endsAt);
}

interface ClaimedRow extends EventRow {
  delivery_id: number;
  subscription_id: number;
  delivery_project: string;
  attempts: number;
  schedule_from: number;
  subscription_type: SubscriptionType | null;
  url: string;
  slack_username: string | null;
  slack_icon: string | null;
  signing_secret: string;
  /** JSON. */
  retired_secrets: string;
  subscription_event_types: string | null;
  subscription_groups: string;
}

function selectClaimed(db: Database, ids: string, { token }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `SELECT d.id AS delivery_id, d.subscription_id, d.project AS delivery_project, d.attempts, d.schedule_from, ${EVENT_COLUMNS},
        s.type AS subscription_type, s.url, s.slack_username, s.slack_icon, s.signing_secret, s.retired_secrets,
        s.event_types AS subscription_event_types, s.allowed_groups AS subscription_groups
      FROM deliveries d LEFT JOIN events ON events.id = d.event_id LEFT JOIN subscriptions s ON s.id = d.subscription_id
      WHERE d.id IN (SELECT value FROM json_each(?1)) AND d.lease_token = ?2`,
    )
    .bind(ids, token);
}

function selectUnclaimed(db: Database, ids: string, { token }: Lease): D1PreparedStatement {
  return db
    .prepare(
      `SELECT id, state, next_attempt_at FROM deliveries
      WHERE id IN (SELECT value FROM json_each(?1)) AND lease_token IS NOT ?2`,
    )
    .bind(ids, token);
}

function toClaimed(row: ClaimedRow): ClaimedDelivery {
  return {
    id: row.delivery_id,
    subscriptionId: row.subscription_id,
    project: row.delivery_project,
    attempt: row.attempts,
    scheduleFrom: row.schedule_from,
    event: row.id === null ? undefined : row,
    subscription: row.subscription_type === null ? undefined : toSubscription(row, row.subscription_type),
  };
}

function toSubscription(row: ClaimedRow, type: SubscriptionType): ClaimedSubscription {
  const { url, slack_username, slack_icon, signing_secret } = row;
  return {
    type,
    url,
    slack_username,
    slack_icon,
    signing_secret,
    retired_secrets: JSON.parse(row.retired_secrets) as RetiredSecret[], // all written by this service alone
    event_types:
      row.subscription_event_types === null ? null : (JSON.parse(row.subscription_event_types) as EventType[]),
    allowed_groups: JSON.parse(row.subscription_groups) as string[],
  };
}
