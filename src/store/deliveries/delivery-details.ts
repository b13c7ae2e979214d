import { parseEventFacts, type EventFacts } from "../../schemas/event-json.ts";
import type { EventType } from "../../schemas/event.ts";
import {
  joinLocated,
  SEGMENT_COLUMNS,
  toSegment,
  type ArchivedSegment,
  type SegmentColumns,
} from "../archive/located-events.ts";
import type { Database } from "../database.ts";
import { EVENT_FACTS } from "../events/event-rows.ts";
import type { SubscriptionRow } from "../subscriptions/subscription-rows.ts";
import { runBatch, type Query } from "../query.ts";
import type { AttemptRow, DeliveryRow } from "./delivery-rows.ts";

export type Recipient = Pick<SubscriptionRow, "id" | "type" | "url" | "enabled" | "event_types" | "allowed_groups">;

/**
 * The attempts, events and subscriptions of several deliveries. An event or subscription that was deleted is missing.
 */
export interface DeliveryDetails {
  /** The attempts, by the ID of their delivery, the oldest first. */
  attempts: Map<number, AttemptRow[]>;
  /** The events that are in D1. */
  events: Map<number, EventFacts>;
  /** The events that are in the archive. */
  archived: { id: number; segment: ArchivedSegment }[];
  subscriptions: Map<number, Recipient>;
}

/**
 * Reads the details in one round trip. Of each delivery, reads only the newest `maxAttempts` attempts, because a
 * delivery that was sent again and again has hundreds of attempts.
 */
export async function readDeliveryDetails(
  db: Database,
  deliveries: DeliveryRow[],
  maxAttempts: number,
): Promise<DeliveryDetails> {
  const [attempts, { events, archived }, subscriptions] = await runBatch(
    db,
    newestAttempts(db, deliveries, maxAttempts),
    eventsById(db, deliveries),
    recipientsById(db, deliveries),
  );
  return { attempts, events, archived, subscriptions };
}

/** The field `attempts` of a delivery is the number of its newest attempt. */
function newestAttempts(db: Database, deliveries: DeliveryRow[], max: number): Query<Map<number, AttemptRow[]>> {
  const statement = db
    .prepare(
      `SELECT attempts.* FROM json_each(?1) j CROSS JOIN attempts
      ON attempts.delivery_id = j.value->>0 AND attempts.number > j.value->>1
      ORDER BY attempts.delivery_id, attempts.number`,
    )
    .bind(JSON.stringify(deliveries.map((row) => [row.id, row.attempts - max])));
  return { statement, read: (rows: AttemptRow[]) => Map.groupBy(rows, ({ delivery_id }) => delivery_id) };
}

interface EventColumns extends SegmentColumns {
  id: number;
  /** Null if the event is not in D1. */
  facts: string | null;
}

function eventsById(db: Database, deliveries: DeliveryRow[]): Query<Pick<DeliveryDetails, "events" | "archived">> {
  const ids = [...new Set(deliveries.map(({ event_id }) => event_id))];
  const statement = db
    .prepare(
      `SELECT wanted.value AS id, iif(events.id IS NULL, NULL, ${EVENT_FACTS}) AS facts, ${SEGMENT_COLUMNS}
      FROM json_each(?1) wanted ${joinLocated("wanted.value", { above: "deleted_to" })}`,
    )
    .bind(JSON.stringify(ids));
  return {
    statement,
    read: (rows: EventColumns[]) => ({
      events: new Map(rows.flatMap(({ id, facts }) => (facts === null ? [] : [[id, parseEventFacts(facts)]]))),
      archived: rows.flatMap((row) => {
        const segment = toSegment(row);
        return segment === undefined ? [] : [{ id: row.id, segment }];
      }),
    }),
  };
}

interface RecipientColumns extends Pick<Recipient, "id" | "type" | "url"> {
  enabled: 0 | 1;
  /** JSON. */
  event_types: string | null;
  allowed_groups: string;
}

function recipientsById(db: Database, deliveries: DeliveryRow[]): Query<Map<number, Recipient>> {
  const statement = db
    .prepare(
      `SELECT id, type, url, enabled, event_types, allowed_groups
      FROM subscriptions WHERE id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(deliveries.map(({ subscription_id }) => subscription_id)));
  return { statement, read: (rows: RecipientColumns[]) => new Map(rows.map((row) => [row.id, toRecipient(row)])) };
}

function toRecipient(row: RecipientColumns): Recipient {
  return {
    id: row.id,
    type: row.type,
    url: row.url,
    enabled: row.enabled === 1,
    event_types: row.event_types === null ? null : (JSON.parse(row.event_types) as EventType[]), // only this service writes both
    allowed_groups: JSON.parse(row.allowed_groups) as string[],
  };
}
