import { BEFORE_DATA, BEFORE_GROUPS } from "../../schemas/event-json.ts";
import { EVENT_FACTS, JSON_BEFORE_DATA, upTo, type EventRow } from "./event-rows.ts";

/** What a page's query reads of each event beside its ID. */
export interface PageColumns<Row> {
  /** The columns of a SELECT that joins `events` to the page's IDs. `id` is the SQL expression of the page's ID. */
  select: (id: string) => string;
  /** The condition of that join. `totalBytes` is the SQL expression of the size of all events of the page. */
  onlyIf: (totalBytes: string) => string;
  /** Never set: it only carries the type of the rows. */
  row?: Row;
}

/** A whole event; or, if the page is too large for one result, only the event's ID and its size. */
export type PageRow<Row extends EventRow = EventRow> =
  | (Row & { unread_bytes: null })
  | { id: number; json: null; unread_bytes: number };

/** The larger events of a page above this size are left out, so that an isolate never holds all of them at once. */
const MAX_PAGE_BYTES = 2_000_000;

/** SQL. Does not read the text. */
export const EVENT_BYTES = "octet_length(events.json)";

/**
 * Whole events, of at most `MAX_PAGE_BYTES` together. Of a larger page, only the events that are within an equal share
 * of that size. The share is compared first: adding up the whole page costs more, and an ordinary page has no larger
 * event.
 */
export const WHOLE_EVENTS: PageColumns<PageRow> = {
  select: (id) => `events.json,
        CASE WHEN events.id IS NULL THEN (SELECT ${EVENT_BYTES} FROM events WHERE events.id = ${id}) END AS unread_bytes`,
  onlyIf: (totalBytes) => `(${EVENT_BYTES} <= ${MAX_PAGE_BYTES} / ?4 OR ${totalBytes} <= ${MAX_PAGE_BYTES})`,
};

const MAX_SHORT_DATA_BYTES = 600;
/** SQL. Below 0 for an event without `data`: the braces are the data's own. */
const DATA_BYTES = `octet_length(events.json) - octet_length(${JSON_BEFORE_DATA}) - ${BEFORE_DATA.length}`;

/** An event as the console lists it. It has a bounded size, so a page of them never is too large. */
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
  select: () => `${upTo(BEFORE_GROUPS, JSON_BEFORE_DATA)} || CASE WHEN ${DATA_BYTES} <= ${MAX_SHORT_DATA_BYTES}
          THEN substr(events.json, length(${JSON_BEFORE_DATA}) + 1) ELSE '}' END AS json,
        instr(${JSON_BEFORE_DATA}, '${BEFORE_GROUPS}') > 0 AS is_restricted, ${DATA_BYTES} AS data_bytes`,
  onlyIf: () => "TRUE",
};

/** What decides whether a subscription takes an event. */
export const MATCHING_FIELDS: PageColumns<{ id: number; facts: string }> = {
  select: () => `${EVENT_FACTS} AS facts`,
  onlyIf: () => "TRUE",
};
