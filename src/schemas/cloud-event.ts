import * as z from "zod";
import { parseEventFacts } from "./event-json.ts";
import { Event, EventType } from "./event.ts";
import { LEVELS_BY_TREE, type LevelName, type Tree } from "./scope.ts";
import { writeJson } from "../lib/json-writer.ts";
import { formatRfc3339 } from "../lib/time.ts";

/** CloudEvents 1.0.2, "JSON Event Format": an event in structured form. */
export const CloudEvent = z
  .object({
    specversion: z.literal("1.0").describe("The version of CloudEvents."),
    id: z.string().describe("The event's ID. `source`, a slash and `id` form the event's URL."),
    source: z.string().describe("The URL of the service's events; only a path if the service does not know its URL."),
    type: EventType.describe("The event's type."),
    time: z.string().describe("The event's timestamp in RFC 3339, exact to the nanosecond."),
    subject: z
      .string()
      .optional()
      .describe("The most specific place that the event names, as a path. Absent if the event names none."),
    datacontenttype: z.literal("application/json").describe("The media type of `data`."),
    data: Event.describe("The event, as the API returns it."),
  })
  .describe("An event as a CloudEvent 1.0 in structured mode.");
export type CloudEvent = z.infer<typeof CloudEvent>;

type CloudEventAttributes = Omit<CloudEvent, "datacontenttype" | "data" | "subject"> & { subject?: string };

/** The fields of an event that become attributes. */
type AttributeSource = Pick<Event, "id" | "type" | "timestamp" | LevelName>;

/** CloudEvents 1.0.2, "Context Attributes". */
function cloudEventAttributes(event: AttributeSource, publicUrl?: string): CloudEventAttributes {
  const subject = pathIn("state", event) || pathIn("inventory", event);
  return {
    specversion: "1.0",
    id: event.id,
    source: toSource(publicUrl),
    type: event.type,
    time: formatRfc3339(event.timestamp),
    ...(subject !== "" && { subject }),
  };
}

/** CloudEvents 1.0.2, "JSON Event Format": the structured mode of an event. `json` is the event, and becomes `data`. */
export function cloudEventJson(json: string, publicUrl: string | undefined): string {
  const attributes = { ...cloudEventAttributes(parseEventFacts(json), publicUrl), datacontenttype: "application/json" };
  return `${writeJson(attributes).slice(0, -1)},"data":${json}}`;
}

/**
 * A longer value is left out, because common servers reject a header line over 8 KiB. A delivery must not fail because
 * of a long name.
 */
const MAX_HEADER_VALUE = 8000;

/**
 * CloudEvents HTTP protocol binding, "Binary content mode": the body is the event's JSON, and the attributes are
 * headers.
 */
export function cloudEventHeaders(event: AttributeSource, publicUrl?: string): Record<string, string> {
  const attributes = Object.entries(cloudEventAttributes(event, publicUrl));
  const headers = attributes.map(([name, value]) => [`ce-${name}`, toHeaderValue(value)] as const);
  return Object.fromEntries(headers.filter(([, value]) => value.length <= MAX_HEADER_VALUE));
}

/** `source` and `id` together are the event's URL. Without PUBLIC_URL, `source` is a relative reference. */
function toSource(publicUrl: string | undefined): string {
  return publicUrl === undefined ? "/api/v1/events" : new URL(`${publicUrl}/api/v1/events`).href;
}

/**
 * Returns the event's names in one tree as a path, as in "state/shop/production/api", or an empty text if the event has
 * no name in this tree.
 */
function pathIn(tree: Tree, event: AttributeSource): string {
  return toPath(tree, LEVELS_BY_TREE[tree], event);
}

/** The path to the event's name at one level, and empty if the event has no such name. */
export function pathTo(level: LevelName, event: AttributeSource): string {
  const tree = LEVELS_BY_TREE.state.some(({ name }) => name === level) ? "state" : "inventory";
  const levels = LEVELS_BY_TREE[tree];
  const above = levels.slice(0, levels.findIndex(({ name }) => name === level) + 1);
  return event[level] === undefined ? "" : toPath(tree, above, event);
}

function toPath(tree: Tree, levels: readonly { name: LevelName }[], event: AttributeSource): string {
  const names = levels.map(({ name }) => event[name]).filter((name) => name !== undefined);
  return names.length === 0 ? "" : [tree, ...names.map(encodeSegment)].join("/");
}

/**
 * Encodes `%` and `/`, so that a name stays one segment. Also encodes characters that an attribute may not contain
 * (CloudEvents 1.0.2, "Type System").
 */
function encodeSegment(name: string): string {
  return name.replace(/[%/\p{Cc}\p{Noncharacter_Code_Point}]/gu, encodeURIComponent);
}

// HTTP protocol binding, §3.1.3.2: encodes the space, the double quote, the percent sign, and all that is not printable
// ASCII
function toHeaderValue(attribute: string): string {
  return attribute.replace(/[^\u0021\u0023\u0024\u0026-\u007E]/gu, encodeURIComponent);
}
