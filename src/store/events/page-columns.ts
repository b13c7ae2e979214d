import { FACT_COLUMNS, type EventRow } from "./event-rows.ts";

/** What a page's query reads of each event beside its ID. */
export interface PageColumns<Row> {
  /** The columns of a SELECT that joins `events` to the page's IDs. `id` is the SQL expression of the page's ID. */
  select: (id: string) => string;
  /** The condition of that join. `totalBytes` is the SQL expression of the size of all events of the page. */
  onlyIf: (totalBytes: string) => string;
  /** Never set: it only carries the type of the rows. */
  row?: Row;
}

/** A whole event; or, if the page is too large for one result, only the event's ID and its approximate size. */
export type PageRow = (EventRow & { unread_bytes: null }) | { id: number; unread_bytes: number };

/** The larger events of a page above this size are left out, so that an isolate never holds all of them at once. */
const MAX_PAGE_BYTES = 2_000_000;

/**
 * The approximate size of an event. Its groups count twice because they are served twice. Its names do not count: each
 * has at most 255 characters.
 */
export const EVENT_BYTES = "ifnull(octet_length(events.data), 0) + 2 * ifnull(octet_length(events.allowed_groups), 0)";

/**
 * Whole events, of at most `MAX_PAGE_BYTES` together. Of a larger page, only the events that are within an equal share
 * of that size. The share is compared first: adding up the whole page costs more, and an ordinary page has no larger
 * event.
 */
export const WHOLE_EVENTS: PageColumns<PageRow> = {
  select: (id) => `${FACT_COLUMNS}, events.allowed_groups, events.data,
        CASE WHEN events.id IS NULL THEN (SELECT ${EVENT_BYTES} FROM events WHERE events.id = ${id}) END AS unread_bytes`,
  onlyIf: (totalBytes) => `(${EVENT_BYTES} <= ${MAX_PAGE_BYTES} / ?4 OR ${totalBytes} <= ${MAX_PAGE_BYTES})`,
};

const MAX_SHORT_DATA_BYTES = 600;

/** An event as the console lists it. It has a bounded size, so a page of them never is too large. */
export interface EventSummaryRow extends Omit<EventRow, "allowed_groups" | "data"> {
  /** 1 if the event has `allowed_groups`. */
  is_restricted: number;
  /** Null for an event without data. */
  data_bytes: number | null;
  /** Null without data, and for data that is longer than `MAX_SHORT_DATA_BYTES`. */
  short_data: string | null;
}

export const EVENT_SUMMARIES: PageColumns<EventSummaryRow> = {
  select: () => `${FACT_COLUMNS}, events.allowed_groups IS NOT NULL AS is_restricted,
        octet_length(events.data) AS data_bytes,
        CASE WHEN octet_length(events.data) <= ${MAX_SHORT_DATA_BYTES} THEN events.data END AS short_data`,
  onlyIf: () => "TRUE",
};

/** What decides whether a subscription takes an event. */
export const MATCHING_FIELDS: PageColumns<Pick<EventRow, "id" | "type" | "allowed_groups">> = {
  select: () => "events.type, events.allowed_groups",
  onlyIf: () => "TRUE",
};
