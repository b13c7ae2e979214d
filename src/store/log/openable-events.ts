import type { Database } from "../database.ts";
import type { Query } from "../query.ts";

/** An event with what its commitment is made of. */
export interface OpenableEvent {
  id: number;
  /** Milliseconds since 1970. */
  recorded_at: number;
  /** 32 bytes; null once erased. */
  opening: Uint8Array<ArrayBuffer> | null;
  /** The event as it is served. */
  json: string;
}

/** For a SELECT with `events` in its FROM, whose rows `toOpenableEvents` reads. */
export const OPENABLE_EVENT = "events.id, events.recorded_at, hex(events.opening) AS opening, events.json";

/** In ascending order of ID. */
export function toOpenableEvents(rows: (Omit<OpenableEvent, "opening"> & { opening: string })[]): OpenableEvent[] {
  // `hex` makes an empty text of NULL.
  const events = rows.map((row) => ({ ...row, opening: row.opening === "" ? null : Uint8Array.fromHex(row.opening) }));
  return events.toSorted((one, other) => one.id - other.id);
}

/** In ascending order of ID. */
export function eventsBetweenQuery(db: Database, firstId: number, lastId: number): Query<OpenableEvent[]> {
  const statement = db.prepare(`SELECT ${OPENABLE_EVENT} FROM events WHERE id BETWEEN ?1 AND ?2`).bind(firstId, lastId);
  return { statement, read: toOpenableEvents };
}

/** Undefined if there is none. */
export function oldestEventIdQuery(db: Database): Query<number | undefined> {
  return {
    statement: db.prepare("SELECT min(id) AS id FROM events"),
    read: ([row]: { id: number | null }[]) => row?.id ?? undefined,
  };
}
