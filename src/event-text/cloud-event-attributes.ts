import type { Event } from "../schemas/event.ts";
import { rfc3339 } from "../schemas/time.ts";
import { INVENTORY, STATE, type Place } from "./place-names.ts";

/** Common servers refuse a request for a header line of 8 KiB. Names that make one are nobody's, but must delay no news. */
const MAX_VALUE = 8000;

/** The context attributes of CloudEvents 1.0.2. */
interface CloudEventAttributes {
  specversion: "1.0";
  id: string;
  source: string;
  type: string;
  time: string;
  subject?: string;
}

export function cloudEventAttributes(event: Attributed, publicUrl?: string): CloudEventAttributes {
  const subject = subjectOf(event);
  return {
    specversion: "1.0",
    id: event.id,
    source: sourceOf(publicUrl),
    type: event.type,
    time: rfc3339(event.timestamp),
    ...(subject !== "" && { subject }),
  };
}

/** HTTP protocol binding, "Binary content mode": the event's JSON is the body, these say what it is. */
export function cloudEventHeaders(event: Attributed, publicUrl?: string): Record<string, string> {
  const attributes = Object.entries(cloudEventAttributes(event, publicUrl));
  const headers = attributes.map(([name, value]) => [`ce-${name}`, headerValue(value)] as const);
  return Object.fromEntries(headers.filter(([, value]) => value.length <= MAX_VALUE));
}

/** What of an event its attributes are made of. */
type Attributed = Pick<Event, "id" | "type" | "timestamp"> & { [place in Place]?: string | null | undefined };

/** With `ce-id`, the event's own URL; a reference without its base where nobody has said what that is. */
function sourceOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? "/api/v1/events" : new URL(`${publicUrl}/api/v1/events`).href;
}

/** The most specific place as a path, "state/shop/production/api"; empty when there is none. */
function subjectOf(event: Attributed): string {
  return pathOf(event, "state", STATE) || pathOf(event, "inventory", INVENTORY);
}

function pathOf(event: Attributed, tree: string, places: readonly Place[]): string {
  const names = places.map((place) => event[place]).filter((name) => name !== undefined && name !== null);
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
