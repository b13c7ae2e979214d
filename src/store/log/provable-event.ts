import type { Database } from "../database.ts";
import type { EventRow } from "../events/event-rows.ts";
import { indexOfEvent } from "./log-runs.ts";

/** An event with what ties it to the log. */
export interface ProvableEvent extends EventRow {
  /** 32 bytes in hex; empty if it was destroyed. */
  opening: string;
  /** The index of its entry. Null: it has none yet. */
  log_index: number | null;
}

/** `id` is decimal text: as a number, an ID above 2^53 would lose digits. */
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
