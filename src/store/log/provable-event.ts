import {
  joinLocated,
  SEGMENT_COLUMNS,
  toSegment,
  type LocatedEvent,
  type SegmentColumns,
} from "../archive/located-events.ts";
import type { Database } from "../database.ts";
import { indexOfEvent } from "./log-runs.ts";

/** Where an event is, its opening and the index of its entry in the log. */
export interface ProvableRow extends LocatedEvent {
  /** 32 bytes in hex. Empty if the opening was destroyed, or if the event is not in D1. */
  opening: string;
  /** The index of the event's entry. Null if the event has no entry yet. */
  log_index: number | null;
}

/**
 * Finds out where the event with this ID is, and reads it if it is in D1. `id` is decimal text, because an ID above 2^53
 * would lose digits as a number.
 */
export async function locateProvableEvent(db: Database, id: string): Promise<ProvableRow[]> {
  const { results } = await db
    .prepare(
      `SELECT wanted.id, events.json, hex(events.opening) AS opening, ${indexOfEvent("wanted.id")} AS log_index,
        ${SEGMENT_COLUMNS}
      FROM (SELECT CAST(?1 AS INTEGER) AS id) wanted ${joinLocated("wanted.id", { above: "boundary" })}`,
    )
    .bind(id)
    .all<Omit<ProvableRow, "segment"> & SegmentColumns>();
  return results.map((row) => ({ ...row, segment: toSegment(row) }));
}
