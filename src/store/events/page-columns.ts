import { FACT_COLUMNS, type EventRow } from "./event-rows.ts";

/** What a page's query reads of each event beside its ID. */
export interface PageColumns<Row> {
  /** For a SELECT that has `events` joined to the page's IDs; `id` is the expression of the page's ID. */
  select: (id: string) => string;
  /** Which events are joined at all; `totalBytes` is the expression of what all of the page's have together. */
  onlyIf: (totalBytes: string) => string;
  /** Never set: it only names the type of the rows that come back. */
  row?: Row;
}

/** An event of a page, or, where the page is too large for one answer, its ID and about how long it is. */
export type PageRow = (EventRow & { unread_bytes: null }) | { id: number; unread_bytes: number };

/** Larger pages come back without their larger events, so that an isolate never holds all of them at once. */
const MOST_BYTES = 2_000_000;

/** About what an event takes: its groups are served twice, and its names, each at most 255 characters, are not counted. */
export const EVENT_BYTES = "ifnull(octet_length(events.data), 0) + 2 * ifnull(octet_length(events.allowed_groups), 0)";

/**
 * Whole events, of at most `MOST_BYTES` together. Of a larger page, those are read that are no larger than an equal share
 * of it. An event within its share is read without a look at the others, which costs more: an ordinary page has no other.
 */
export const WHOLE_EVENTS: PageColumns<PageRow> = {
  select: (id) => `${FACT_COLUMNS}, events.allowed_groups, events.data,
        CASE WHEN events.id IS NULL THEN (SELECT ${EVENT_BYTES} FROM events WHERE events.id = ${id}) END AS unread_bytes`,
  onlyIf: (totalBytes) => `(${EVENT_BYTES} <= ${MOST_BYTES} / ?4 OR ${totalBytes} <= ${MOST_BYTES})`,
};

/** Longer data is not shown in a list of events: it says how long it is. */
const MOST_BRIEF_BYTES = 600;

/** An event as a list for people shows it: a page of them is never large. */
export interface EventSummaryRow extends Omit<EventRow, "allowed_groups" | "data"> {
  /** 1 where not everyone may see it. */
  is_restricted: number;
  /** Null for an event without data. */
  data_bytes: number | null;
  /** Null too for data that is longer. */
  short_data: string | null;
}

export const EVENT_SUMMARIES: PageColumns<EventSummaryRow> = {
  select: () => `${FACT_COLUMNS}, events.allowed_groups IS NOT NULL AS is_restricted,
        octet_length(events.data) AS data_bytes,
        CASE WHEN octet_length(events.data) <= ${MOST_BRIEF_BYTES} THEN events.data END AS short_data`,
  onlyIf: () => "TRUE",
};

/** What decides whether a subscription takes an event. */
export const MATCHING_FIELDS: PageColumns<Pick<EventRow, "id" | "type" | "allowed_groups">> = {
  select: () => "events.type, events.allowed_groups",
  onlyIf: () => "TRUE",
};
