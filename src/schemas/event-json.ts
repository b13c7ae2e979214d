import { writeJson } from "../lib/json-writer.ts";
import { formatIso } from "../lib/time.ts";
import type { Event, NewEvent } from "./event.ts";
import { LEVELS } from "./scope.ts";

/** A parsed event; the time of receipt stands in for a missing `timestamp`. */
type EventToWrite = Partial<NewEvent> & Pick<Event, "type" | "timestamp">;

/** Before the ID, which SQL puts in when the event is recorded. */
export const BEFORE_ID = '{"id":"';

/**
 * The JSON text of an event from the end of its ID on, in the shape of the schema `Event`. It is made once, when the event
 * is recorded: the stored text is what every response serves and what the log commits to, byte for byte. So this is version 1
 * for ever: a later field may only be added to events recorded later, and after `data` nothing may follow.
 *
 * `data` is the text that the producer sent without its white space, so its numbers keep every digit. Both fields with two
 * spellings get both. `recordedAt` is in milliseconds since 1970.
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

// In JSON, a quote inside a string is `\"`. So the first of these texts is that of the event's own field: no name and no
// group before it can contain one. Of the groups' two, `data` may contain another one.
export const BEFORE_GROUPS = ',"allowed_groups":[';
export const BEFORE_ROLES = ',"allowed_roles":[';
export const BEFORE_DATA = ',"data":{';

/** An event without its `data`, which may be long, and whose numbers would lose digits. */
export type EventFacts = Omit<Event, "data">;

/** From a whole stored text, or from the beginning of one that SQL has cut between two fields and closed. */
export function parseEventFacts(json: string): EventFacts {
  const end = json.indexOf(BEFORE_DATA);
  return JSON.parse(end === -1 ? json : `${json.slice(0, end)}}`) as EventFacts; // only `eventJsonAfterId` writes it
}

/** The JSON text of an event's `data`; undefined if it has none. */
export function dataOf(json: string): string | undefined {
  const start = json.indexOf(BEFORE_DATA);
  return start === -1 ? undefined : json.slice(start + BEFORE_DATA.length - 1, -1);
}
