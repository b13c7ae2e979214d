import type { Database } from "../database.ts";
import type { EventRow } from "../events/event-rows.ts";
import { indexOfEvent } from "./log-runs.ts";

/** An event with its opening and the index of its entry in the log. */
export interface ProvableEvent extends EventRow {
  /** 32 bytes in hex. Empty if the opening was destroyed. */
  opening: string;
  /** The index of the event's entry. Null if the event has no entry yet. */
  log_index: number | null;
}

/** Finds the event with this ID. `id` is decimal text, because an ID above 2^53 would lose digits as a number. */
export async function findProvableEvent(db: Database, id: string): Promise<ProvableEvent | undefined> {
  const { results } = await db
    .prepare(
      `SELECT id, json, hex(opening) AS opening, ${indexOfEvent("events.id")} AS log_index
      FROM events WHERE id = CAST(?1 AS INTEGER)`,
    )
    .bind(id)
    .all<ProvableEvent>();
  return results[0];
}
