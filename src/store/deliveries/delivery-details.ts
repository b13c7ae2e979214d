import type { SubscriptionType } from "../../schemas/subscription.ts";
import type { Database } from "../database.ts";
import { EVENT_HEAD_COLUMNS, type EventHead } from "../events/event-rows.ts";
import type { SubscriptionRow } from "../subscriptions/subscriptions.ts";
import type { AttemptRow, DeliveryRow } from "./deliveries.ts";

export type Addressee = Pick<SubscriptionRow, "id" | "type" | "url" | "enabled" | "allowed_groups">;

/** What belongs to some deliveries, each by the ID that it is known by. Nothing is there of what is gone. */
export interface DeliveryDetails {
  /** By the delivery's ID, oldest first. */
  attempts: Map<number, AttemptRow[]>;
  events: Map<number, EventHead>;
  subscriptions: Map<number, Addressee>;
}

/**
 * One round trip. Of each delivery's attempts the newest `mostAttempts`, which the claims have numbered: who was sent
 * again has hundreds.
 */
export async function readDetails(
  db: Database,
  deliveries: DeliveryRow[],
  mostAttempts: number,
): Promise<DeliveryDetails> {
  const [attempts, events, subscriptions] = await db.batch<AttemptRow & EventHead & AddresseeRow>([
    selectAttempts(db, deliveries, mostAttempts),
    selectEvents(db, deliveries),
    selectSubscriptions(db, deliveries),
  ]);
  return {
    attempts: Map.groupBy(attempts?.results ?? [], ({ delivery_id }) => delivery_id),
    events: new Map(events?.results.map((row) => [row.id, row])),
    subscriptions: new Map(subscriptions?.results.map((row) => [row.subscription_id, toAddressee(row)])),
  };
}

function selectAttempts(db: Database, deliveries: DeliveryRow[], most: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT attempts.* FROM json_each(?1) j CROSS JOIN attempts
      ON attempts.delivery_id = j.value->>0 AND attempts.number > j.value->>1
      ORDER BY attempts.delivery_id, attempts.number`,
    )
    .bind(JSON.stringify(deliveries.map((row) => [row.id, row.attempts - most])));
}

function selectEvents(db: Database, deliveries: DeliveryRow[]): D1PreparedStatement {
  return db
    .prepare(`SELECT ${EVENT_HEAD_COLUMNS} FROM events WHERE id IN (SELECT value FROM json_each(?1))`)
    .bind(JSON.stringify(deliveries.map(({ event_id }) => event_id)));
}

interface AddresseeRow {
  subscription_id: number;
  subscription_type: SubscriptionType;
  url: string;
  enabled: 0 | 1;
  /** JSON. */
  subscription_groups: string;
}

function selectSubscriptions(db: Database, deliveries: DeliveryRow[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT id AS subscription_id, type AS subscription_type, url, enabled, allowed_groups AS subscription_groups
      FROM subscriptions WHERE id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(deliveries.map(({ subscription_id }) => subscription_id)));
}

function toAddressee(row: AddresseeRow): Addressee {
  return {
    id: row.subscription_id,
    type: row.subscription_type,
    url: row.url,
    enabled: row.enabled === 1,
    allowed_groups: JSON.parse(row.subscription_groups) as string[], // written by this service alone
  };
}
