import type { Database } from "../database.ts";
import type { Query } from "../query.ts";

/** SQL: the floor, in a statement that does not read the archive. See `LIMITS`. */
export const FLOOR_ALONE = "coalesce((SELECT max(boundary, deleted_to) FROM archive_state WHERE id = 1), 0)";

/** Each result needs such a row as its first one, unless it has no rows with an archive either. */
export interface RowWithFloor {
  floor: number | null;
}

/**
 * Returns a query of events that may be in the archive. `prepare` makes its statement. While nothing is archived, a
 * statement that does not read the archive's tables is faster. It is used if this isolate has seen that there is no
 * archive. If its result says that there is one now, the other statement runs. Each result has the floor of its own
 * snapshot, so a replica that lags does no harm.
 */
export function archiveQuery<Result>(
  { archiveMemory }: Database,
  prepare: (readsArchive: boolean) => D1PreparedStatement,
  read: (rows: never[]) => Result,
): Query<Result> {
  const readsArchive = !archiveMemory.isEmpty;
  return {
    statement: prepare(readsArchive),
    read,
    replacementFor: ([row]: RowWithFloor[]) => {
      const floor = row?.floor ?? null;
      if (floor === null) return undefined;
      archiveMemory.noteFloor(floor);
      return readsArchive || floor === 0 ? undefined : { statement: prepare(true), read };
    },
  };
}
