import type { Query } from "../query.ts";
import type { Database } from "../database.ts";
import type { EventRow } from "./event-rows.ts";
import { mergeOf, mergeParameters } from "./feeds.ts";
import { filterParameters, firstOf, MATCHES, type FilteredRange } from "./filtered-feeds.ts";

/** What kind of thing happened, and when. */
export type ActivityPoint = Pick<EventRow, "type" | "timestamp">;

/**
 * The marks of the first events of a merge that match, in no order. Rows read: as for a page of all the events that are
 * looked at.
 */
export function listActivityPoints(db: Database, range: FilteredRange): Query<ActivityPoint[]> {
  const { ctes, merged } = mergeOf(range.cursor);
  const statement = db
    .prepare(
      `WITH RECURSIVE ${ctes}, ${merged("merged")}
      SELECT events.type, events.timestamp
      FROM (${firstOf("merged")}) looked CROSS JOIN events ON events.id = looked.event_id
      WHERE ${MATCHES} LIMIT +?4`,
    )
    .bind(...mergeParameters(range), ...filterParameters(range));
  return { statement, read: (rows: ActivityPoint[]) => rows };
}
