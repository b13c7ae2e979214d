import { eventIndexesQuery } from "../../store/log/event-indexes.ts";
import { listOpenedEventsById, WHOLE_OPENED_EVENTS, type OpenedEvent } from "../../store/log/opened-events.ts";
import { run } from "../../store/query.ts";
import { findArchivedEvents } from "../archive/archived-events.ts";
import type { Reading } from "../archive/reading.ts";
import type { EventSource } from "../events/export-events.ts";

export type { OpenedEvent } from "../../store/log/opened-events.ts";

/** The source of a listing's events with their openings and the indexes of their entries in the log. */
export const OPENED_EVENTS: EventSource<OpenedEvent> = { columns: WHOLE_OPENED_EVENTS, listById, complete };

async function listById(reading: Reading, ids: number[]): Promise<OpenedEvent[]> {
  const rows = await listOpenedEventsById(reading.db, ids);
  const found = new Set(rows.map(({ id }) => id));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length === 0) return rows;
  const archived = await findArchivedEvents(reading, missing);
  return [...rows, ...archived.map(WHOLE_OPENED_EVENTS.of).filter((row) => row.json !== null)];
}

/** Adds the indexes of the archive's events, which D1 knows. */
function complete({ db }: Reading, rows: OpenedEvent[]): Promise<OpenedEvent[]> | undefined {
  const ids = rows.filter(({ log_index }) => log_index === undefined).map(({ id }) => id);
  return ids.length === 0 ? undefined : addIndexes(db, rows, ids);
}

async function addIndexes(db: Reading["db"], rows: OpenedEvent[], ids: number[]): Promise<OpenedEvent[]> {
  const indexes = await run(eventIndexesQuery(db, ids));
  return rows.map((row) => (row.log_index === undefined ? { ...row, log_index: indexes.get(row.id) ?? null } : row));
}
