import type { Event } from "../schemas/event.ts";
import { INVENTORY, STATE, type Place } from "./places.ts";

/** Common servers refuse a request for a header line of 8 KiB. Names that make one are nobody's, but must delay no news. */
const MAX_SUBJECT = 8000;

/** CloudEvents 1.0.2, HTTP protocol binding, "Binary content mode": the event's JSON is the body, these say what it is. */
export function cloudEventHeaders(event: Event, publicUrl?: string): Record<string, string> {
  const subject = headerValue(subjectOf(event));
  return {
    "ce-specversion": "1.0",
    "ce-id": event.id,
    "ce-source": headerValue(sourceOf(publicUrl)),
    "ce-type": event.type,
    "ce-time": rfc3339(event.timestamp),
    ...(subject !== "" && subject.length <= MAX_SUBJECT && { "ce-subject": subject }),
  };
}

/** With `ce-id`, the event's own URL; a reference without its base where nobody has said what that is. */
function sourceOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? "/api/v1/events" : new URL(`${publicUrl}/api/v1/events`).href;
}

/** The most specific place as a path, "state/shop/production/api"; empty when there is none. */
function subjectOf(event: Event): string {
  return pathOf(event, "state", STATE) || pathOf(event, "inventory", INVENTORY);
}

function pathOf(event: Event, tree: string, places: readonly Place[]): string {
  const names = places.map((place) => event[place]).filter((name) => name !== undefined);
  return names.length === 0 ? "" : [tree, ...names.toReversed().map(pathSegment)].join("/");
}

/** `%` and `/`, so that a name stays one segment, and what an attribute may not hold. CloudEvents 1.0.2, "Type system" */
function pathSegment(name: string): string {
  return name.replace(/[%/\p{Cc}\p{Noncharacter_Code_Point}]/gu, encodeURIComponent);
}

// HTTP protocol binding, §3.1.3.2: space, double quote, percent, and all that is not printable ASCII
function headerValue(attribute: string): string {
  return attribute.replace(/[^\u0021\u0023\u0024\u0026-\u007E]/gu, encodeURIComponent);
}

/** "2025-11-23T01:00:00.123456789Z", to the last digit. */
function rfc3339(timestampNs: string): string {
  const iso = new Date(Number(BigInt(timestampNs) / 1_000_000n)).toISOString();
  return `${iso.slice(0, 19)}.${timestampNs.slice(-9).padStart(9, "0")}Z`;
}
