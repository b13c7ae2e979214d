import type { Database } from "../database.ts";

/** SQL: the boundary is at ?1 or above. A delete that arrives late cannot delete a row that is not in the archive. */
const IS_MOVED = "(SELECT boundary FROM archive_state WHERE id = 1) >= ?1";

/**
 * Deletes up to `limit` entries of moved events, from the feed `from` on. Returns the next feed that has such entries, or
 * undefined if no feed has.
 */
export async function forgetEntries(
  db: Database,
  last: number,
  from: number,
  limit: number,
): Promise<number | undefined> {
  const [, next] = await db.batch<{ id: number }>([
    db
      .prepare(
        `DELETE FROM feed_entries WHERE ${IS_MOVED} AND (feed_id, event_id) IN (
          SELECT feed.id, entry.event_id FROM feeds feed
          CROSS JOIN feed_entries entry ON entry.feed_id = feed.id AND entry.event_id <= ?1
          WHERE feed.id >= ?2 ORDER BY feed.id, entry.event_id LIMIT ?3)`,
      )
      .bind(last, from, limit),
    db
      .prepare(
        `SELECT feed.id FROM feeds feed WHERE feed.id >= ?2
          AND EXISTS (SELECT 1 FROM feed_entries WHERE feed_id = feed.id AND event_id <= ?1) ORDER BY feed.id LIMIT 1`,
      )
      .bind(last, from),
  ]);
  return next?.results[0]?.id;
}

/** Deletes up to `limit` moved events, and returns their number. */
export async function forgetEvents(db: Database, last: number, limit: number): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM events WHERE ${IS_MOVED} AND id IN (SELECT id FROM events WHERE id <= ?1 ORDER BY id LIMIT ?2)`,
    )
    .bind(last, limit)
    .run();
  return meta.changes;
}
