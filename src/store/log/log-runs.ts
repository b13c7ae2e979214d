import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import type { logRuns } from "../tables/log-tables.ts";

export type LogRun = typeof logRuns.$inferSelect;

/**
 * Returns an SQL expression for the index of an event's entry. The argument `id` is an SQL expression for the event's
 * ID. The result is NULL if D1's tree has no entry with this ID. To exclude an ID that was skipped between two runs,
 * the SQL requires that the index is lower than the first index of the next run.
 */
export function indexOfEvent(id: string): string {
  const index = `run.first_index + ${id} - run.first_event_id`;
  return `(SELECT ${index} FROM log_runs run
    WHERE run.first_event_id = (SELECT max(first_event_id) FROM log_runs WHERE first_event_id <= ${id})
      AND ${index} < coalesce((SELECT next.first_index FROM log_runs next WHERE next.first_event_id > ${id}
        ORDER BY next.first_event_id LIMIT 1), (SELECT size FROM log_state WHERE id = 1)))`;
}

/**
 * Returns an SQL expression for the runs that have entries in a bundle: a JSON array of pairs of ID and index. The
 * argument `number` is an SQL expression for the number of the bundle.
 */
export function runsOfBundle(number: string): string {
  return `(SELECT json_group_array(json_array(first_event_id, first_index)) FROM log_runs
    WHERE first_index < 256 * ${number} + 256
      AND first_index >= (SELECT max(first_index) FROM log_runs WHERE first_index <= 256 * ${number}))`;
}

/** Parses the result of `runsOfBundle`. Returns the runs in ascending order. */
export function parseRuns(json: string): LogRun[] {
  const pairs = JSON.parse(json) as [number, number][]; // `runsOfBundle` makes only such pairs
  return pairs
    .map(([first_event_id, first_index]) => ({ first_event_id, first_index }))
    .toSorted((one, other) => one.first_index - other.first_index);
}

/** Reads the index of an event's entry. Undefined if D1's tree has no entry with this ID. */
export function indexQuery(db: Database, eventId: number): Query<number | undefined> {
  return {
    statement: db.prepare(`SELECT ${indexOfEvent("?1")} AS place`).bind(eventId),
    read: ([row]: { place: number | null }[]) => row?.place ?? undefined,
  };
}

/** Reads the event ID of the entry that is the last one in a tree of this size. Undefined for an empty tree. */
export function lastEventIdQuery(db: Database, size: number): Query<number | undefined> {
  return {
    statement: db
      .prepare(
        `SELECT first_event_id + ?1 - 1 - first_index AS id FROM log_runs
        WHERE first_index < ?1 ORDER BY first_index DESC LIMIT 1`,
      )
      .bind(size),
    read: ([row]: { id: number }[]) => row?.id,
  };
}
