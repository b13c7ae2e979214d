import type { StoredEvent } from "../../schemas/event-json.ts";
import { LEVELS } from "../../schemas/scope.ts";
import type { Database } from "../database.ts";

export type EventRow = StoredEvent;

/** An event without its `data`, which may be long. */
export type EventWithoutData = Omit<EventRow, "data">;

/** For a SELECT with `events` in its FROM: what happened, when, by whom and in which scope. */
export const FACT_COLUMNS = ["type", "timestamp", "username", ...LEVELS.map(({ name }) => name)]
  .map((column) => `events.${column}`)
  .join(", ");
export const EVENT_COLUMNS_WITHOUT_DATA = `events.id, ${FACT_COLUMNS}, events.allowed_groups`;
export const EVENT_COLUMNS = `${EVENT_COLUMNS_WITHOUT_DATA}, events.data`;

/** In no particular order. An ID that no event has is skipped. */
export async function listEventsById(db: Database, ids: number[]): Promise<EventRow[]> {
  const { results } = await db
    .prepare(`SELECT ${EVENT_COLUMNS} FROM json_each(?1) wanted CROSS JOIN events ON events.id = wanted.value`)
    .bind(JSON.stringify(ids))
    .all<EventRow>();
  return results;
}

/** `id` is decimal text: as a number, an ID above 2^53 would lose digits. */
export async function findEvent(db: Database, id: string): Promise<EventRow | undefined> {
  const { results } = await db
    .prepare(`SELECT ${EVENT_COLUMNS} FROM events WHERE id = CAST(?1 AS INTEGER)`)
    .bind(id)
    .all<EventRow>();
  return results[0];
}

/** Undefined: everyone may see the event. */
export function allowedGroupsOf({ allowed_groups }: Pick<EventRow, "allowed_groups">): string[] | undefined {
  return allowed_groups === null ? undefined : (JSON.parse(allowed_groups) as string[]); // only `insertRecording` writes it
}
