import type { Database } from "../database.ts";

/** SQL: the boundary is at ?2 or above. A delete that arrives late cannot delete a row that is not in the archive. */
const IS_MOVED = "(SELECT boundary FROM archive_state WHERE id = 1) >= ?2";

/** SQL: the lists of a segment, from ?1 to ?2, that are in the directory. */
const LISTS = `feeds feed CROSS JOIN archive_directory list
  ON list.feed_id = feed.id AND list.first_event_id BETWEEN ?1 AND ?2`;
const ENTRIES = "entry.feed_id = list.feed_id AND entry.event_id BETWEEN list.first_event_id AND list.last_event_id";

/**
 * Deletes up to `limit` entries of a moved segment, from the feed `from` on. Deletes only entries whose feed has a row in
 * the directory for this segment. Returns the next feed that has such entries, or undefined if no feed has.
 */
export async function forgetEntries(
  db: Database,
  { first, last }: { first: number; last: number },
  from: number,
  limit: number,
): Promise<number | undefined> {
  const [, next] = await db.batch<{ id: number }>([
    db
      .prepare(
        `DELETE FROM feed_entries WHERE ${IS_MOVED} AND (feed_id, event_id) IN (
          SELECT feed.id, entry.event_id FROM ${LISTS} CROSS JOIN feed_entries entry ON ${ENTRIES}
          WHERE feed.id >= ?3 ORDER BY feed.id LIMIT ?4)`,
      )
      .bind(first, last, from, limit),
    db
      .prepare(
        `SELECT feed.id FROM ${LISTS} WHERE feed.id >= ?3
          AND EXISTS (SELECT 1 FROM feed_entries entry WHERE ${ENTRIES}) ORDER BY feed.id LIMIT 1`,
      )
      .bind(first, last, from),
  ]);
  return next?.results[0]?.id;
}

/** Deletes up to `limit` moved events, and returns their number. */
export async function forgetEvents(db: Database, last: number, limit: number): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM events WHERE ${IS_MOVED} AND id IN (SELECT id FROM events WHERE id <= ?2 ORDER BY id LIMIT ?1)`,
    )
    .bind(limit, last)
    .run();
  return meta.changes;
}
