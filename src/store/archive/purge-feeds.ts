import type { Database } from "../database.ts";

export interface PurgeLimits {
  /** The maximum number of feeds to look at. */
  feeds: number;
  /** The maximum number of rows to delete from each table. */
  rows: number;
}

/** SQL: the next feeds of the round. There are none if no round is going on. ?1 is `PurgeLimits.feeds`. */
const NEXT_FEEDS = `(
  SELECT id FROM feeds WHERE id > (SELECT purged_feed FROM archive_state WHERE id = 1) ORDER BY id LIMIT ?1)`;

/** SQL: the rows of the next feeds that belong to deleted events. */
function rowsToPurge(table: string, eventId: string): string {
  return `SELECT row.feed_id, row.${eventId} FROM archive_state state CROSS JOIN ${NEXT_FEEDS} feed
    CROSS JOIN ${table} row ON row.feed_id = feed.id AND row.${eventId} <= state.purging_to WHERE state.id = 1`;
}

const ENTRIES = rowsToPurge("feed_entries", "event_id");
const DIRECTORY_ROWS = rowsToPurge("archive_directory", "first_event_id");

/**
 * Deletes the next entries of feeds, and rows of the directory, that belong to deleted events. An event has rows in
 * many feeds, so each round goes through all feeds. A round begins if events were deleted after the last round began.
 * Returns false if nothing is left to do.
 */
export async function purgeFeeds(db: Database, { feeds, rows }: PurgeLimits): Promise<boolean> {
  const results = await db.batch<{ is_purging: number }>([
    db.prepare(
      `UPDATE archive_state SET purging_to = deleted_to, purged_feed = 0
      WHERE id = 1 AND purged_feed IS NULL AND deleted_to > purging_to`,
    ),
    db.prepare(`DELETE FROM feed_entries WHERE (feed_id, event_id) IN (${ENTRIES} LIMIT ?2)`).bind(feeds, rows),
    db
      .prepare(`DELETE FROM archive_directory WHERE (feed_id, first_event_id) IN (${DIRECTORY_ROWS} LIMIT ?2)`)
      .bind(feeds, rows),
    db
      .prepare(
        `UPDATE archive_state SET purged_feed = (SELECT max(id) FROM ${NEXT_FEEDS} HAVING count(*) = ?1)
        WHERE id = 1 AND purged_feed IS NOT NULL AND NOT EXISTS (${ENTRIES}) AND NOT EXISTS (${DIRECTORY_ROWS})`,
      )
      .bind(feeds),
    db.prepare(
      "SELECT purged_feed IS NOT NULL OR deleted_to > purging_to AS is_purging FROM archive_state WHERE id = 1",
    ),
  ]);
  return results.at(-1)?.results[0]?.is_purging === 1;
}
