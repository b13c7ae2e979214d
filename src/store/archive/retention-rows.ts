import type { Database } from "../database.ts";
import type { archiveSegments } from "../tables/archive-tables.ts";

/** What retention needs to know before it deletes anything. */
export interface RetentionState {
  /** All events up to this ID are deleted. */
  deletedTo: number;
  /** The oldest segment of the archive. */
  oldestSegment:
    | Pick<typeof archiveSegments.$inferSelect, "first_event_id" | "last_event_id" | "recorded_to">
    | undefined;
  /** When the oldest event of D1 that is neither archived nor deleted was recorded, in milliseconds since 1970. */
  oldestRecordedAt: number | undefined;
}

export async function findRetentionState(db: Database): Promise<RetentionState> {
  const { results } = await db
    .prepare(
      `SELECT state.deleted_to AS deleted_to, oldest.*, (
        SELECT recorded_at FROM events WHERE id > state.boundary ORDER BY id LIMIT 1
      ) AS recorded_at
      FROM (
        SELECT coalesce(max(boundary), 0) AS boundary, coalesce(max(deleted_to), 0) AS deleted_to FROM archive_state
      ) state LEFT JOIN (
        SELECT first_event_id, last_event_id, recorded_to FROM archive_segments ORDER BY first_event_id LIMIT 1
      ) oldest ON true`,
    )
    .all<RetentionRow>();
  const [row] = results;
  if (row === undefined) throw new Error("D1 returned no row for an aggregate");
  const { deleted_to: deletedTo, recorded_at: recordedAt, first_event_id, last_event_id, recorded_to } = row;
  return {
    deletedTo,
    oldestSegment: first_event_id === null ? undefined : { first_event_id, last_event_id, recorded_to },
    oldestRecordedAt: recordedAt ?? undefined,
  };
}

interface RetentionRow {
  deleted_to: number;
  recorded_at: number | null;
  /** NULL, and so are the next two, if the archive is empty. */
  first_event_id: number | null;
  last_event_id: number;
  recorded_to: number;
}

/** How far retention has deleted. */
export interface DeletedHistory {
  deleted_to: number;
  /** The number of events that were ever deleted. */
  deleted: number;
}

const RETURNING = "RETURNING deleted_to, deleted";

/**
 * Stores that the oldest segment is deleted, so that listings end above it. Changes nothing, and returns undefined, if
 * that is stored already.
 */
export async function markSegmentDeleted(db: Database, firstEventId: number): Promise<DeletedHistory | undefined> {
  const { results } = await db
    .prepare(
      `UPDATE archive_state SET (deleted_to, deleted) = (
        SELECT last_event_id, archive_state.deleted + events FROM archive_segments WHERE first_event_id = ?1
      ) WHERE id = 1 AND deleted_to < ?1 AND EXISTS (
        SELECT 1 FROM archive_segments WHERE first_event_id = ?1 AND last_event_id <= archive_state.boundary
      ) ${RETURNING}`,
    )
    .bind(firstEventId)
    .all<DeletedHistory>();
  return results[0];
}

/** Deletes the row of a segment up to `deleted_to`, when its objects are gone. */
export async function deleteSegmentRow(db: Database, firstEventId: number): Promise<void> {
  await db
    .prepare(
      `DELETE FROM archive_segments WHERE first_event_id = ?1
        AND last_event_id <= (SELECT deleted_to FROM archive_state WHERE id = 1)`,
    )
    .bind(firstEventId)
    .run();
}

/** Which events have expired. */
export interface Expiry {
  /** Events that were recorded before this time have expired. Milliseconds since 1970. */
  before: number;
  /** No event above this ID has expired. */
  lastId: number;
}

/**
 * Stores that the oldest events of D1 are deleted if they have expired, so that listings end above them. Looks at no
 * more than `limit` events, and stops at the first one that has not expired. Changes nothing, and returns undefined, if
 * none has expired, if the archive has a segment, because its events are older, or if a segment is being moved.
 */
export async function markEventsDeleted(
  db: Database,
  { before, lastId }: Expiry,
  limit: number,
): Promise<DeletedHistory | undefined> {
  const { results } = await db
    .prepare(
      `WITH oldest AS (
        SELECT id, recorded_at FROM events
        WHERE id > coalesce((SELECT boundary FROM archive_state WHERE id = 1), 0) AND id <= CAST(?2 AS INTEGER)
          AND NOT EXISTS (SELECT 1 FROM archive_move) AND NOT EXISTS (SELECT 1 FROM archive_segments)
        ORDER BY id LIMIT ?3
      )
      INSERT INTO archive_state (id, boundary, deleted_to, deleted)
      SELECT 1, max(id), max(id), count(*) FROM oldest
      WHERE id < coalesce((SELECT min(id) FROM oldest WHERE recorded_at >= ?1), ${Number.MAX_SAFE_INTEGER})
      HAVING count(*) > 0
      ON CONFLICT (id) DO UPDATE SET boundary = excluded.boundary, deleted_to = excluded.deleted_to,
        deleted = deleted + excluded.deleted
      ${RETURNING}`,
    )
    .bind(before, lastId, limit)
    .all<DeletedHistory>();
  return results[0];
}
