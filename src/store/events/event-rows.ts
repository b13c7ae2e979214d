import { BEFORE_DATA, BEFORE_ROLES } from "../../schemas/event-json.ts";

/** A recorded event. */
export interface EventRow {
  id: number;
  /** The event as it is served, byte for byte. */
  json: string;
}

/** SQL: the part of `json` before `data`, without the closing brace. */
export const JSON_BEFORE_DATA = upTo(BEFORE_DATA, "events.json", "length(events.json)");

/** SQL: the JSON of an event without `data` and `allowed_roles`, for `parseEventFacts`. */
export const EVENT_FACTS = `${upTo(BEFORE_ROLES, JSON_BEFORE_DATA)} || '}'`;

/**
 * SQL: the part of `text` before the first occurrence of `end`. If there is none, the part before the position
 * `otherwise`, which by default is the end of the text.
 */
export function upTo(end: string, text: string, otherwise = `length(${text}) + 1`): string {
  return `substr(${text}, 1, coalesce(nullif(instr(${text}, '${end}'), 0), ${otherwise}) - 1)`;
}
