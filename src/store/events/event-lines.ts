import { BEFORE_ID } from "../../schemas/event-json.ts";
import { EVENT_BYTES, type PageRow } from "./page-columns.ts";

/** The maximum size of a text. D1 allows 2 MB for a value. */
const MAX_TEXT_BYTES = 1_900_000;

/** SQL: true if `?4` events of this size and their line feeds fit into one text. */
const IS_SMALL = `${EVENT_BYTES} < ${MAX_TEXT_BYTES} / ?4`;

/** SQL: the size of a text with one more event. */
const BYTES_WITH_EVENT = `bytes_before + ${EVENT_BYTES} + 1`;

/**
 * SQL: the columns of a SELECT over the events of a page, for `linesOf`. The JSON of an event has no line feed, so a line
 * feed separates two events.
 */
export const LINE_AGGREGATES = `json_group_array(events.id) AS ids,
          group_concat(CASE WHEN ${IS_SMALL} THEN events.json END, char(10)) AS text,
          count(*) AS count, total(${IS_SMALL}) AS small, total(${EVENT_BYTES} + 1) AS bytes`;

/**
 * SQL: the events of a page as lines. The text ends before the first event with which it would have more than
 * `maxBytes`, but has at least one event. The FROM of the SELECT has the columns of `LINE_AGGREGATES`. If an event is
 * large, or if the text would be too long, the events are taken one after another until the text is full. Each of them
 * then takes four rows more.
 */
export function linesOf(maxBytes: string): string {
  return `CASE WHEN small = count AND bytes <= ${maxBytes} THEN text ELSE (
      WITH RECURSIVE taken (key, id, bytes_before) AS (
        SELECT 0, ids->>0, 0
        UNION ALL
        SELECT key + 1, ids->>(key + 1), (SELECT ${BYTES_WITH_EVENT} FROM events WHERE events.id = taken.id)
        FROM taken WHERE key + 1 < count AND bytes_before <= ${maxBytes}
      )
      SELECT group_concat(events.json, char(10)) FROM taken CROSS JOIN events ON events.id = taken.id
      WHERE taken.key = 0 OR ${BYTES_WITH_EVENT} <= ${maxBytes}
    ) END`;
}

/**
 * Returns the events of a text in which there is one event a line.
 * @throws Error if a line is not an event, or if the events are not in ascending order
 */
export function parseLines(text: string | null): PageRow[] {
  let last = 0;
  return (text?.split("\n") ?? []).map((json) => {
    const id = Number(json.slice(BEFORE_ID.length, json.indexOf('"', BEFORE_ID.length)));
    if (!(id > last)) throw new Error("D1 joined the events of a page in another order");
    last = id;
    return { id, json, unread_bytes: null };
  });
}
