import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { parseRuns } from "./log-runs.ts";

interface Columns {
  /** JSON: pairs of ID and index. */
  runs: string;
  checkpoint_size: number;
}

/**
 * Finds the indexes of these events in the log. Leaves out an event that the newest checkpoint does not cover. Reads the
 * runs from the lowest to the highest of `ids`, and not a row for each event.
 */
export function eventIndexesQuery(db: Database, ids: readonly number[]): Query<Map<number, number>> {
  const statement = db
    .prepare(
      `SELECT checkpoint_size, (
        SELECT json_group_array(json_array(first_event_id, first_index)) FROM log_runs
        WHERE first_event_id <= ?2
          AND first_event_id >= coalesce((SELECT max(first_event_id) FROM log_runs WHERE first_event_id <= ?1), 0)
      ) AS runs
      FROM log_state WHERE id = 1`,
    )
    .bind(Math.min(...ids), Math.max(...ids));
  return { statement, read: ([row]: Columns[]) => (row === undefined ? new Map() : toIndexes(row, ids)) };
}

function toIndexes({ runs: json, checkpoint_size }: Columns, ids: readonly number[]): Map<number, number> {
  const runs = parseRuns(json);
  return new Map(
    ids.flatMap((id): [number, number][] => {
      const run = runs.findLast(({ first_event_id }) => first_event_id <= id);
      const index = run === undefined ? checkpoint_size : run.first_index + id - run.first_event_id;
      return index < checkpoint_size ? [[id, index]] : [];
    }),
  );
}
