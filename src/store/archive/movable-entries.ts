import type { Database } from "../database.ts";
import type { feeds } from "../tables/event-tables.ts";

/** An entry of a feed. */
export interface FeedEntry {
  feed: number;
  event: number;
}

/**
 * Lists the entries of all feeds from the event `first` to the event `last`, in the order of feed and event, from the
 * entry after `after` on. The result has at most `limit` entries. It is one row, because a row for each entry takes ten
 * times as long.
 */
export async function listEntriesBetween(
  db: Database,
  { first, last }: { first: number; last: number },
  after: FeedEntry,
  limit: number,
): Promise<FeedEntry[]> {
  const { results } = await db
    .prepare(
      `SELECT json_group_array(feed_id) AS feeds, json_group_array(event_id) AS events FROM (
        SELECT feed.id AS feed_id, entry.event_id FROM feeds feed
        CROSS JOIN feed_entries entry ON entry.feed_id = feed.id
          AND entry.event_id > CASE WHEN feed.id = ?2 THEN ?3 ELSE ?5 - 1 END AND entry.event_id <= ?1
        WHERE feed.id >= ?2 ORDER BY feed.id, entry.event_id LIMIT ?4)`,
    )
    .bind(last, after.feed, after.event, limit, first)
    .all<{ feeds: string; events: string }>();
  const [{ feeds: feedIds, events: eventIds } = { feeds: "[]", events: "[]" }] = results;
  const ids = JSON.parse(eventIds) as number[]; // `json_group_array` of integers
  return (JSON.parse(feedIds) as number[]).map((feed, index) => ({ feed, event: ids[index] ?? NaN }));
}

export type FeedName = typeof feeds.$inferSelect;

/** The names of a feed may have several kilobytes, so a query returns at most this many feeds. */
const FEEDS_A_QUERY = 2_000;

/** Reads the feeds with these IDs, in no particular order. */
export async function listFeedNames(db: Database, ids: readonly number[]): Promise<FeedName[]> {
  const names: FeedName[] = [];
  for (let start = 0; start < ids.length; start += FEEDS_A_QUERY) {
    const { results } = await db
      .prepare("SELECT feeds.* FROM json_each(?1) wanted CROSS JOIN feeds ON feeds.id = wanted.value")
      .bind(JSON.stringify(ids.slice(start, start + FEEDS_A_QUERY)))
      .all<FeedName>();
    names.push(...results);
  }
  return names;
}
