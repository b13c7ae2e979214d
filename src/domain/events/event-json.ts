import { writeJson } from "../../lib/json-writer.ts";
import type { EventRow } from "../../store/events/event-rows.ts";

const NAMES = [
  "inventory_application",
  "inventory_version",
  "state_project",
  "state_environment",
  "state_deployment",
] as const;

/**
 * An event as it is served, as JSON text. It is put together from the stored texts, never parsed on the way, so `data`
 * keeps its numbers digit for digit. Both fields that the reference spells in two ways carry both spellings.
 */
export function eventJson(row: EventRow): string {
  let json = `{"id":"${row.id}","type":"${row.type}","timestamp":"${row.timestamp}"`;
  if (row.username !== null) json += `,"username":${writeJson(row.username)}`;
  if (row.inventory_project !== null) {
    const project = writeJson(row.inventory_project);
    json += `,"inventory_project":${project},"inventory_namespace":${project}`;
  }
  for (const name of NAMES) {
    const value = row[name];
    if (value !== null) json += `,"${name}":${writeJson(value)}`;
  }
  if (row.allowed_groups !== null) {
    json += `,"allowed_groups":${row.allowed_groups},"allowed_roles":${row.allowed_groups}`;
  }
  if (row.data !== null) json += `,"data":${row.data}`;
  return `${json}}`;
}
