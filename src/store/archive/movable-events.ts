import type { Database } from "../database.ts";

/** Consecutive events, at most as many as a bundle has. */
export interface HistoryPart {
  first: number;
  last: number;
  events: number;
  /** The bytes of their JSON. */
  bytes: number;
}

/**
 * Lists the oldest events that are neither moved nor deleted, in parts of `partEvents`. Returns no part if the range of
 * the IDs is less than `minEvents`. Then there are fewer events, because no ID is used twice.
 */
export async function listOldestParts(
  db: Database,
  bounds: { lastId: number; minEvents: number; maxEvents: number; partEvents: number },
): Promise<HistoryPart[]> {
  const { results } = await db
    .prepare(
      `WITH moved (id) AS (SELECT coalesce((SELECT max(boundary, deleted_to) FROM archive_state WHERE id = 1), 0)),
        oldest (id, bytes, part) AS (
          SELECT id, octet_length(json), (row_number() OVER (ORDER BY id) - 1) / CAST(?4 AS INTEGER) FROM events
          WHERE id > (SELECT id FROM moved) AND id <= ?1
            AND (SELECT max(id) FROM events WHERE id <= ?1) - (SELECT id FROM moved) >= ?2
          ORDER BY id LIMIT ?3
        )
      SELECT min(id) AS first, max(id) AS last, count(*) AS events, sum(bytes) AS bytes FROM oldest
      GROUP BY part ORDER BY part`,
    )
    .bind(bounds.lastId, bounds.minEvents, bounds.maxEvents, bounds.partEvents)
    .all<HistoryPart>();
  return results;
}

/** What D1 knows of the events from `first` to `last`, both included. */
export interface EventsInRange {
  events: number;
  /** The number of events without an opening. */
  erased: number;
  /** The earliest and the latest time of recording, in milliseconds since 1970. */
  recorded_from: number;
  recorded_to: number;
}

export async function describeEvents(db: Database, first: number, last: number): Promise<EventsInRange | undefined> {
  const { results } = await db
    .prepare(
      `SELECT count(*) AS events, count(*) - count(opening) AS erased,
        min(recorded_at) AS recorded_from, max(recorded_at) AS recorded_to
      FROM events WHERE id BETWEEN ?1 AND ?2`,
    )
    .bind(first, last)
    .all<EventsInRange>();
  return results[0];
}

/**
 * Returns the ID of the event before the event at this position. For the position 0, returns the ID before `first`.
 * Positions count from 0 at the event `first`.
 */
export async function findIdBefore(db: Database, first: number, position: number): Promise<number> {
  if (position === 0) return first - 1;
  const { results } = await db
    .prepare("SELECT id FROM events WHERE id >= ?1 ORDER BY id LIMIT 1 OFFSET ?2")
    .bind(first, position - 1)
    .all<{ id: number }>();
  return results[0]?.id ?? Number.MAX_SAFE_INTEGER;
}
