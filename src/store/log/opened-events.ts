import type { Database } from "../database.ts";
import type { EventRow } from "../events/event-rows.ts";
import { WHOLE_EVENTS, type PageColumns, type PageRow } from "../events/page-columns.ts";
import { indexOfEvent } from "./log-runs.ts";

/** An event with its opening and its index in the log. */
export interface OpenedEvent extends EventRow {
  /** 32 bytes in hex. Empty if the event was erased. */
  opening: string;
  /**
   * Null: the newest checkpoint does not cover the event. Undefined: the event is in the archive, and the index is not
   * read yet.
   */
  log_index: number | null | undefined;
}

/** SQL: the columns `opening` and `log_index`, for a SELECT with `events` in its FROM. */
const COLUMNS = `hex(events.opening) AS opening, (
          SELECT place FROM (SELECT ${indexOfEvent("events.id")} AS place)
          WHERE place < (SELECT checkpoint_size FROM log_state WHERE id = 1)) AS log_index`;

/** The columns of `WHOLE_EVENTS`, with `opening` and `log_index`. */
export const WHOLE_OPENED_EVENTS: PageColumns<PageRow<OpenedEvent>> = {
  name: "whole opened events",
  select: (id) => `${WHOLE_EVENTS.select(id)}, ${COLUMNS}`,
  onlyIf: WHOLE_EVENTS.onlyIf,
  of: ({ id, json, opening }) => ({ id, json, opening, log_index: undefined, unread_bytes: null }),
  unread: (id, bytes) => ({ id, json: null, unread_bytes: bytes }),
};

/** Returns the events with these IDs, in no particular order. Skips an ID that no event has. */
export async function listOpenedEventsById(db: Database, ids: number[]): Promise<OpenedEvent[]> {
  const { results } = await db
    .prepare(
      `SELECT events.id, events.json, ${COLUMNS}
      FROM json_each(?1) wanted CROSS JOIN events ON events.id = wanted.value`,
    )
    .bind(JSON.stringify(ids))
    .all<OpenedEvent>();
  return results;
}
