import type { Database } from "../database.ts";
import type { Query } from "../query.ts";

/** An event with its opening. The event's commitment is made of the opening and the JSON. */
export interface OpenableEvent {
  id: number;
  /** Milliseconds since 1970. */
  recorded_at: number;
  /** 32 bytes. Null if the event was erased. */
  opening: Uint8Array<ArrayBuffer> | null;
  /** The event as it is served. */
  json: string;
}

/** SQL: the columns that `toOpenableEvents` reads, for a SELECT with `events` in its FROM. */
export const OPENABLE_EVENT = "events.id, events.recorded_at, hex(events.opening) AS opening, events.json";

/** Converts the rows of a SELECT of `OPENABLE_EVENT`. Returns the events in ascending order of ID. */
export function toOpenableEvents(rows: (Omit<OpenableEvent, "opening"> & { opening: string })[]): OpenableEvent[] {
  // SQLite: `hex` of NULL is an empty text.
  const events = rows.map((row) => ({ ...row, opening: row.opening === "" ? null : Uint8Array.fromHex(row.opening) }));
  return events.toSorted((one, other) => one.id - other.id);
}

/** Reads the events from `firstId` to `lastId`, both included, in ascending order of ID. */
export function eventsBetweenQuery(db: Database, firstId: number, lastId: number): Query<OpenableEvent[]> {
  const statement = db.prepare(`SELECT ${OPENABLE_EVENT} FROM events WHERE id BETWEEN ?1 AND ?2`).bind(firstId, lastId);
  return { statement, read: toOpenableEvents };
}

/**
 * Reads events above `afterId` and up to `lastId`, in ascending order of ID. The inner query adds up only the lengths of
 * the events, so SQLite holds no event that is not returned.
 * @param limits the limits for the events. The first event is read whatever its size.
 */
export function eventsAfterQuery(
  db: Database,
  { afterId, lastId }: { afterId: number; lastId: number },
  limits: { events: number; bytes: number },
): Query<OpenableEvent[]> {
  const statement = db
    .prepare(
      `SELECT ${OPENABLE_EVENT}
      FROM (SELECT id, sum(bytes) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - bytes AS bytes_before
        FROM (SELECT id, octet_length(json) AS bytes FROM events WHERE id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3)) next
      CROSS JOIN events ON events.id = next.id WHERE next.bytes_before < ?4`,
    )
    .bind(afterId, lastId, limits.events, limits.bytes);
  return { statement, read: toOpenableEvents };
}
