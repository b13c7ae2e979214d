import type { Database } from "../database.ts";
import type { archiveDirectory, archiveSegments } from "../tables/archive-tables.ts";
import { LEASED_MOVE } from "./move-row.ts";

export type DirectoryRow = typeof archiveDirectory.$inferSelect;
export type SegmentRow = typeof archiveSegments.$inferSelect;

/**
 * Inserts rows of the directory, while this invocation works on the move. Nobody reads them before the boundary is
 * above their segment.
 */
export async function insertDirectory(db: Database, token: string, rows: readonly DirectoryRow[]): Promise<void> {
  const values = rows.map((row) => [
    row.feed_id,
    row.first_event_id,
    row.last_event_id,
    row.segment,
    row.events,
    row.start,
    row.bytes,
  ]);
  await db
    .prepare(
      `INSERT OR REPLACE INTO archive_directory
        (feed_id, first_event_id, last_event_id, segment, events, start, bytes)
      SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6
      FROM json_each(CASE WHEN EXISTS (SELECT 1 FROM ${LEASED_MOVE}) THEN ?2 END)`,
    )
    .bind(token, JSON.stringify(values))
    .run();
}

/** SQL: the move whose directory is complete, while this invocation (?1 is its token) works on it. */
const READY = `${LEASED_MOVE} AND phase = 'directory'`;

/**
 * Adds a segment, moves the boundary above it, and begins the phase that deletes its rows, in one transaction. Returns
 * false, and changes nothing, if another invocation works on the move, or if the number of events in D1 without an
 * opening is not `erased`. In this case, an event was erased after it had been written to the bucket.
 */
export async function raiseBoundary(
  db: Database,
  token: string,
  segment: SegmentRow,
  erased: number,
): Promise<boolean> {
  const { first_event_id, last_event_id, events, runs, bytes, recorded_to } = segment;
  const results = await db.batch([
    db
      .prepare(
        `INSERT INTO archive_segments (first_event_id, last_event_id, events, runs, bytes, recorded_to)
        SELECT ?2, ?3, ?4, ?5, ?6, ?7 WHERE EXISTS (SELECT 1 FROM ${READY})
          AND (SELECT count(*) - count(opening) FROM events WHERE id BETWEEN ?2 AND ?3) = ?8`,
      )
      .bind(token, first_event_id, last_event_id, events, runs, bytes, recorded_to, erased),
    db
      .prepare(
        `INSERT INTO archive_state (id, boundary)
        SELECT 1, segment.last_event_id FROM archive_segments segment
        WHERE segment.first_event_id = ?2 AND EXISTS (SELECT 1 FROM ${READY})
        ON CONFLICT (id) DO UPDATE SET boundary = excluded.boundary`,
      )
      .bind(token, first_event_id),
    db
      .prepare(
        `UPDATE archive_move SET phase = 'forget', progress = 0
        WHERE id = 1 AND lease_token = ?1 AND phase = 'directory'
          AND EXISTS (SELECT 1 FROM archive_segments WHERE first_event_id = ?2)`,
      )
      .bind(token, first_event_id),
  ]);
  return results.at(-1)?.meta.changes === 1;
}
