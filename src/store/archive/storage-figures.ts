import type { Database } from "../database.ts";

/** How many events there are, and where. */
export interface StorageFigures {
  /** Events that were ever recorded, deleted ones included. */
  recorded: number;
  /** Events that retention has deleted. */
  deleted: number;
  archive: { segments: number; events: number; bytes: number };
  databaseBytes: number;
}

/** The most events that one statement counts. */
const COUNTED_EVENTS = 20_000;

/**
 * Adds the next events to the number of recorded events. Returns false if there was nothing to count. If events were
 * archived before they were counted, their number follows from the segments.
 */
export async function countNextEvents(db: Database): Promise<boolean> {
  const [, counted] = await db.batch([
    db.prepare(
      `UPDATE archive_state SET counted_to = boundary,
        recorded = deleted + (SELECT coalesce(sum(events), 0) FROM archive_segments)
      WHERE id = 1 AND counted_to < boundary`,
    ),
    db
      .prepare(
        `INSERT INTO archive_state (id, counted_to, recorded)
        SELECT 1, max(id), count(*) FROM (
          SELECT id FROM events WHERE id > coalesce((SELECT counted_to FROM archive_state WHERE id = 1), 0)
          ORDER BY id LIMIT ?1
        ) HAVING count(*) > 0
        ON CONFLICT (id) DO UPDATE SET counted_to = excluded.counted_to, recorded = recorded + excluded.recorded`,
      )
      .bind(COUNTED_EVENTS),
  ]);
  return (counted?.meta.changes ?? 0) > 0;
}

interface FiguresRow {
  recorded: number;
  deleted: number;
  segments: number;
  archived_events: number;
  archived_bytes: number;
}

/** Reads a row for each segment, and counts the events since the last sweep, but at most `COUNTED_EVENTS`. */
export async function getStorageFigures(db: Database): Promise<StorageFigures> {
  const { results, meta } = await db
    .prepare(
      `SELECT
        iif(state.counted_to < state.boundary, state.deleted + archive.events, state.recorded) + (
          SELECT count(*) FROM (
            SELECT 1 FROM events WHERE id > max(state.counted_to, state.boundary) LIMIT ?1
          )
        ) AS recorded,
        state.deleted AS deleted, archive.segments AS segments, archive.events AS archived_events,
        archive.bytes AS archived_bytes
      FROM (
        SELECT count(*) AS segments, coalesce(sum(events), 0) AS events, coalesce(sum(bytes), 0) AS bytes
        FROM archive_segments
      ) archive CROSS JOIN (
        SELECT coalesce(max(boundary), 0) AS boundary, coalesce(max(counted_to), 0) AS counted_to,
          coalesce(max(recorded), 0) AS recorded, coalesce(max(deleted), 0) AS deleted
        FROM archive_state
      ) state`,
    )
    .bind(COUNTED_EVENTS)
    .all<FiguresRow>();
  const [row] = results;
  if (row === undefined) throw new Error("D1 returned no row for an aggregate");
  return {
    recorded: row.recorded,
    deleted: row.deleted,
    archive: { segments: row.segments, events: row.archived_events, bytes: row.archived_bytes },
    databaseBytes: meta.size_after,
  };
}
