import { BEFORE_DATA, BEFORE_GROUPS, BEFORE_ROLES, parseEventFacts } from "../../schemas/event-json.ts";
import { EVENT_FACTS, JSON_BEFORE_DATA, upTo, type EventRow } from "./event-rows.ts";

/** What the query of a page reads of each event, besides its ID. */
export interface PageColumns<Row> {
  /** Unique to these columns, because the text of a statement is kept under it. */
  name: string;
  /**
   * Returns the columns of the SELECT, which joins `events` to the IDs of the page. `id` is the SQL expression of such
   * an ID.
   */
  select: (id: string) => string;
  /** Returns the condition of that join. `totalBytes` is the SQL expression of the size of all events of the page. */
  onlyIf: (totalBytes: string) => string;
  /** Returns the same columns of an event of the archive. */
  of: (event: StoredEvent) => Row;
  /**
   * Returns the row of an event that is not read with its page. `bytes` is its approximate size. Only for columns with
   * whole events.
   */
  unread?: (id: number, bytes: number) => Row;
}

/** An event as it was recorded. */
interface StoredEvent extends EventRow {
  /** 32 bytes in hex. Empty if the event was erased. */
  opening: string;
}

/** A whole event. If the page is too large for one result, its large events have only an ID and a size. */
export type PageRow<Row extends EventRow = EventRow> =
  | (Row & { unread_bytes: null })
  | { id: number; json: null; unread_bytes: number };

/**
 * If a page is larger than this, its larger events are left out, so that an isolate never holds all of them at the same
 * time.
 */
export const MAX_PAGE_BYTES = 2_000_000;

/** SQL: the size of an event. SQLite does not read the text to compute it. */
export const EVENT_BYTES = "octet_length(events.json)";

/**
 * All events in full, if the page has at most `MAX_PAGE_BYTES`. On a larger page, only the events of at most
 * `MAX_PAGE_BYTES` / limit. The condition compares the size of each event first, because adding up the whole page costs
 * more, and an ordinary page has no event above that share.
 */
export const WHOLE_EVENTS: PageColumns<PageRow> = {
  name: "whole events",
  select: (id) => `events.json,
        CASE WHEN events.id IS NULL THEN (SELECT ${EVENT_BYTES} FROM events WHERE events.id = ${id}) END AS unread_bytes`,
  onlyIf: (totalBytes) => `(${EVENT_BYTES} <= ${MAX_PAGE_BYTES} / ?4 OR ${totalBytes} <= ${MAX_PAGE_BYTES})`,
  of: ({ id, json }) => ({ id, json, unread_bytes: null }),
  unread: (id, bytes) => ({ id, json: null, unread_bytes: bytes }),
};

const MAX_SHORT_DATA_BYTES = 600;
/** SQL: the size of an event's `data` with its braces. Below 0 for an event without `data`. */
const DATA_BYTES = `octet_length(events.json) - octet_length(${JSON_BEFORE_DATA}) - ${BEFORE_DATA.length}`;

/** An event as the console lists it. Its size is bounded, so a page of such events is never too large. */
export interface EventSummaryRow {
  id: number;
  /** The event's JSON without its groups, and without `data` that is longer than `MAX_SHORT_DATA_BYTES`. */
  json: string;
  /** 1 if the event has `allowed_groups`. */
  is_restricted: number;
  /** Below 0 for an event without `data`. */
  data_bytes: number;
}

export const EVENT_SUMMARIES: PageColumns<EventSummaryRow> = {
  name: "event summaries",
  select: () => `${upTo(BEFORE_GROUPS, JSON_BEFORE_DATA)} || CASE WHEN ${DATA_BYTES} <= ${MAX_SHORT_DATA_BYTES}
          THEN substr(events.json, length(${JSON_BEFORE_DATA}) + 1) ELSE '}' END AS json,
        instr(${JSON_BEFORE_DATA}, '${BEFORE_GROUPS}') > 0 AS is_restricted, ${DATA_BYTES} AS data_bytes`,
  onlyIf: () => "TRUE",
  of: ({ id, json }) => {
    const facts = partBefore(BEFORE_DATA, json.slice(0, -1));
    const dataBytes = Buffer.byteLength(json) - Buffer.byteLength(facts) - BEFORE_DATA.length;
    const end = dataBytes <= MAX_SHORT_DATA_BYTES ? json.slice(facts.length) : "}";
    return {
      id,
      json: copyOf(partBefore(BEFORE_GROUPS, facts) + end),
      is_restricted: facts.includes(BEFORE_GROUPS) ? 1 : 0,
      data_bytes: dataBytes,
    };
  },
};

/** When each event was recorded, in milliseconds since 1970. */
export const RECORDING_TIMES: PageColumns<{ id: number; recorded_at: number }> = {
  name: "recording times",
  select: () => "events.recorded_at",
  onlyIf: () => "TRUE",
  of: ({ id, json }) => ({ id, recorded_at: Date.parse(parseEventFacts(json).recorded_at) }),
};

/** The fields that decide if a subscription takes an event. */
export const MATCHING_FIELDS: PageColumns<{ id: number; facts: string }> = {
  name: "matching fields",
  select: () => `${EVENT_FACTS} AS facts`,
  onlyIf: () => "TRUE",
  of: ({ id, json }) => ({
    id,
    facts: copyOf(`${partBefore(BEFORE_ROLES, partBefore(BEFORE_DATA, json.slice(0, -1)))}}`),
  }),
};

/** The same as the SQL of `upTo`. */
function partBefore(end: string, text: string): string {
  const start = text.indexOf(end);
  return start === -1 ? text : text.slice(0, start);
}

/** A part of a text keeps the whole text in memory. The copy does not. */
function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
