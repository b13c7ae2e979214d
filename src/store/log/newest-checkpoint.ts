import type { Database } from "../database.ts";
import type { Query } from "../query.ts";

/**
 * The newest checkpoint in D1, and the size of D1's tree. `has_events` is 1 if there is no checkpoint, but there are
 * events that wait for the first one.
 */
export type NewestCheckpoint = { stopped_reason: string | null; size: number; has_events: number } & (
  | { checkpoint: string; checkpoint_size: number; checkpoint_at: number }
  | { checkpoint: null }
);

export function newestCheckpointQuery(db: Database): Query<NewestCheckpoint> {
  const statement = db.prepare(
    `SELECT checkpoint, checkpoint_size, checkpoint_at, stopped_reason, coalesce(size, 0) AS size,
      checkpoint IS NULL AND (EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM archive_segments)) AS has_events
    FROM (SELECT 1 AS id) one LEFT JOIN log_state ON log_state.id = one.id`,
  );
  return {
    statement,
    read: ([row]: NewestCheckpoint[]) => {
      if (row === undefined) throw new Error("a SELECT from one row returned none");
      return row;
    },
  };
}
