import { writeJson } from "../lib/json-writer.ts";
import { formatIso } from "../lib/time.ts";
import type { Event, NewEvent } from "./event.ts";
import { LEVELS } from "./scope.ts";

/** A parsed event. If the producer sent no `timestamp`, it is the time of receipt. */
type EventToWrite = Partial<NewEvent> & Pick<Event, "type" | "timestamp">;

/** The JSON text before the ID. SQL inserts the ID when the event is recorded. */
export const BEFORE_ID = '{"id":"';

/**
 * Writes the JSON text of an event from the end of its ID on, in the shape of the schema `Event`. The text is written
 * once, when the event is recorded. Every response serves the stored text, and the log commits to it, byte for byte. So
 * a recorded event keeps this format for ever. A new field may only be added to events that are recorded later, and
 * never after `data`.
 *
 * `data` is the text that the producer sent, without its white space, so its numbers keep every digit. Two fields have
 * two spellings, and both are written. `recordedAt` is in milliseconds since 1970.
 */
export function eventJsonAfterId(event: EventToWrite, recordedAt: number): string {
  let json = `","type":"${event.type}","timestamp":"${event.timestamp}","recorded_at":"${formatIso(recordedAt)}"`;
  if (event.username !== undefined) json += `,"username":${writeJson(event.username)}`;
  for (const { name } of LEVELS) {
    if (event[name] === undefined) continue;
    const value = writeJson(event[name]);
    json += `,"${name}":${value}`;
    if (name === "inventory_project") json += `,"inventory_namespace":${value}`;
  }
  if (event.allowed_groups !== undefined) {
    const groups = writeJson(event.allowed_groups);
    json += `,"allowed_groups":${groups}${BEFORE_ROLES}${groups.slice(1)}`;
  }
  if (event.data !== undefined) json += `,"data":${event.data}`;
  return `${json}}`;
}

// These texts are the beginnings of fields in the JSON text of an event. A quote inside a JSON string is `\"`, so no
// name and no group can contain such a text. So the first occurrence is the event's own field. Only `data` may also
// contain the texts of the groups, so they must be searched before `data`.
export const BEFORE_GROUPS = ',"allowed_groups":[';
export const BEFORE_ROLES = ',"allowed_roles":[';
export const BEFORE_DATA = ',"data":{';

/** An event without its `data`. The `data` may be long, and its numbers would lose digits. */
export type EventFacts = Omit<Event, "data">;

/**
 * Parses the stored text of an event, or the beginning of such a text. SQL cuts the beginning between two fields, and
 * adds the closing brace.
 */
export function parseEventFacts(json: string): EventFacts {
  const end = json.indexOf(BEFORE_DATA);
  return JSON.parse(end === -1 ? json : `${json.slice(0, end)}}`) as EventFacts; // only `eventJsonAfterId` writes it
}

/** Returns the JSON text of an event's `data`, or undefined if the event has none. */
export function dataOf(json: string): string | undefined {
  const start = json.indexOf(BEFORE_DATA);
  return start === -1 ? undefined : json.slice(start + BEFORE_DATA.length - 1, -1);
}
