import type { EventType } from "../../schemas/event.ts";
import type { Database } from "../database.ts";

/** An event as D1 holds it; `allowed_groups` and `data` are JSON text. */
export interface EventRow {
  id: number;
  type: EventType;
  timestamp: string;
  username: string | null;
  inventory_project: string | null;
  inventory_application: string | null;
  inventory_version: string | null;
  state_project: string | null;
  state_environment: string | null;
  state_deployment: string | null;
  allowed_groups: string | null;
  data: string | null;
}

/** An event without what lies behind it, which may be long. */
export type EventHead = Omit<EventRow, "data">;

/** For a SELECT that has `events` in its FROM. */
export const EVENT_HEAD_COLUMNS = `events.id, events.type, events.timestamp, events.username,
  events.inventory_project, events.inventory_application, events.inventory_version,
  events.state_project, events.state_environment, events.state_deployment, events.allowed_groups`;
export const EVENT_COLUMNS = `${EVENT_HEAD_COLUMNS}, events.data`;

/** Events by their IDs, in no order. An ID that no event has is left out. */
export async function findEvents(db: Database, ids: number[]): Promise<EventRow[]> {
  const { results } = await db
    .prepare(`SELECT ${EVENT_COLUMNS} FROM json_each(?1) wanted CROSS JOIN events ON events.id = wanted.value`)
    .bind(JSON.stringify(ids))
    .all<EventRow>();
  return results;
}

/** `id` is a decimal; one beyond 2^53 must not become a double on its way. */
export async function findEvent(db: Database, id: string): Promise<EventRow | undefined> {
  const { results } = await db
    .prepare(`SELECT ${EVENT_COLUMNS} FROM events WHERE id = CAST(?1 AS INTEGER)`)
    .bind(id)
    .all<EventRow>();
  return results[0];
}

/** Undefined: for everyone. */
export function allowedGroupsOf({ allowed_groups }: Pick<EventRow, "allowed_groups">): string[] | undefined {
  return allowed_groups === null ? undefined : (JSON.parse(allowed_groups) as string[]); // written by `insertRecording` alone
}
