import { locateEventQuery, locateEventsQuery, type LocatedEvent } from "../../store/archive/located-events.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { run, type Query } from "../../store/query.ts";
import { readLocated } from "../archive/archived-events.ts";
import type { Reading } from "../archive/reading.ts";

/**
 * Returns the events with these IDs, in no particular order. Skips an ID that no event has. Only for callers that may
 * see all of these events: the time that it takes depends on where an event is.
 * @throws AppError `unavailable` if an event is in the archive and cannot be read
 */
export async function listEventsById(reading: Reading, ids: readonly number[]): Promise<EventRow[]> {
  return read(reading, () => locateEventsQuery(reading.db, ids, { above: "deleted_to" }));
}

/**
 * Returns the event with this ID, for a caller that may or may not see it. `id` is decimal text, because a number above
 * 2^53 would lose digits.
 * @throws AppError `unavailable` if the archive would hold the event, whether the event exists or not, and cannot be read
 */
export async function findEvent(reading: Reading, id: string): Promise<EventRow | undefined> {
  return (await read(reading, () => locateEventQuery(reading.db, id, { above: "boundary" })))[0];
}

async function read(reading: Reading, query: () => Query<LocatedEvent[]>): Promise<EventRow[]> {
  const { located, archived } = await readLocated(reading, () => run(query()));
  return [
    ...located.flatMap(({ id, json }) => (json === null ? [] : [{ id, json }])),
    ...archived.map(({ id, json }) => ({ id, json })),
  ];
}
