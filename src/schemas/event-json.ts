import { writeJson } from "../lib/json-writer.ts";
import type { EventType } from "./event.ts";
import { LEVELS, type LevelName } from "./scope.ts";

/** An event as D1 holds it: an absent value is null, and `allowed_groups` and `data` are JSON text. */
export interface StoredEvent extends Record<LevelName, string | null> {
  id: number;
  type: EventType;
  timestamp: string;
  username: string | null;
  allowed_groups: string | null;
  data: string | null;
}

/**
 * The JSON text of an event, in the shape of the schema `Event`. It is concatenated from the stored texts and never parsed,
 * so the numbers in `data` keep every digit. Both fields with two spellings get both.
 */
export function eventJson(event: StoredEvent): string {
  let json = `{"id":"${event.id}","type":"${event.type}","timestamp":"${event.timestamp}"`;
  if (event.username !== null) json += `,"username":${writeJson(event.username)}`;
  for (const { name } of LEVELS) {
    if (event[name] === null) continue;
    const value = writeJson(event[name]);
    json += `,"${name}":${value}`;
    if (name === "inventory_project") json += `,"inventory_namespace":${value}`;
  }
  if (event.allowed_groups !== null) {
    json += `,"allowed_groups":${event.allowed_groups},"allowed_roles":${event.allowed_groups}`;
  }
  if (event.data !== null) json += `,"data":${event.data}`;
  return `${json}}`;
}
