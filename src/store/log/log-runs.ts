import type { logRuns } from "../tables/log-tables.ts";

export type LogRun = typeof logRuns.$inferSelect;

/**
 * SQL: the index of the entry of the event whose ID the expression `id` gives; NULL if D1's tree has no such entry. An ID
 * in a jump of the IDs has none either: the index must lie below the next run's.
 */
export function indexOfEvent(id: string): string {
  const index = `run.first_index + ${id} - run.first_event_id`;
  return `(SELECT ${index} FROM log_runs run
    WHERE run.first_event_id = (SELECT max(first_event_id) FROM log_runs WHERE first_event_id <= ${id})
      AND ${index} < coalesce((SELECT next.first_index FROM log_runs next WHERE next.first_event_id > ${id}
        ORDER BY next.first_event_id LIMIT 1), (SELECT size FROM log_state WHERE id = 1)))`;
}

/** SQL: a JSON array of the runs, as pairs of ID and index, that reach into the bundle whose number the expression gives. */
export function runsOfBundle(number: string): string {
  return `(SELECT json_group_array(json_array(first_event_id, first_index)) FROM log_runs
    WHERE first_index < 256 * ${number} + 256
      AND first_index >= (SELECT max(first_index) FROM log_runs WHERE first_index <= 256 * ${number}))`;
}

/** In ascending order. */
export function parseRuns(json: string): LogRun[] {
  const pairs = JSON.parse(json) as [number, number][]; // `runsOfBundle` makes nothing else
  return pairs
    .map(([first_event_id, first_index]) => ({ first_event_id, first_index }))
    .toSorted((one, other) => one.first_index - other.first_index);
}
