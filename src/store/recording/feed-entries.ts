import type { Database } from "../database.ts";
import { ifKeyIsMine, keyParameters } from "./idempotency-keys.ts";
import { FIRST_EVENT_ID, type Recording } from "./recording.ts";

/**
 * Inserts the feeds that are new, and an entry for each event in each of its feeds. Each feed is looked up once for all
 * its events.
 *
 * CROSS JOIN fixes the order of the loops: with `feeds` outermost, SQLite would read every feed for each entry. There
 * is no ORDER BY, because each sorted row counts as a row read.
 */
export function insertFeedEntries(db: Database, recording: Recording): D1PreparedStatement[] {
  const key = keyParameters(recording.keyClaim);
  const feeds = db.prepare(
    `INSERT OR IGNORE INTO feeds (scope, kind, name)
    SELECT jsonb(?3)->>(value->>0), jsonb(?3)->>(value->>1), jsonb(?3)->>(value->>2) FROM json_each(${ifKeyIsMine("?4")})`,
  );
  const entries = db.prepare(
    `INSERT INTO feed_entries (feed_id, event_id)
    SELECT f.id, ${FIRST_EVENT_ID} + coalesce(more.value, e.value->>3) FROM json_each(${ifKeyIsMine("?5")}) e
    CROSS JOIN feeds f ON f.scope = jsonb(?4)->>(e.value->>0) AND f.kind = jsonb(?4)->>(e.value->>1) AND f.name = jsonb(?4)->>(e.value->>2)
    LEFT JOIN json_each(e.value, '$[4]') more`,
  );
  return feedChunks(recording.feeds).flatMap((chunk) => {
    const texts = JSON.stringify([...chunk.textIndexes.keys()]);
    return [
      feeds.bind(...key, texts, JSON.stringify(chunk.feeds)),
      entries.bind(...key, recording.events.length, texts, JSON.stringify(chunk.entries)),
    ];
  });
}

/**
 * Feeds that are sent together. Each text is sent once, and is then named by its index, because a large request would
 * repeat each scope and name a hundred times.
 */
interface FeedChunk {
  textIndexes: Map<string, number>;
  textBytes: number;
  /** The indexes of a feed's scope, kind and name. */
  feeds: number[][];
  /**
   * For each feed: the same three indexes, and the offset of its event. If the feed has several events: the three
   * indexes, null, and the array of offsets.
   */
  entries: (number | null | number[])[][];
}

/**
 * SQLite scans an array to find the item at an index, so more texts cost more time. D1 takes at most 2 MB per
 * parameter.
 */
const MAX_TEXTS = 1_000;
const MAX_TEXT_BYTES = 900_000;

function feedChunks(feeds: Recording["feeds"]): FeedChunk[] {
  const chunks: FeedChunk[] = [];
  for (const [scope, feedsOfScope] of feeds) {
    for (const [kind, name, offsets] of feedsOfScope) {
      let chunk = chunks.at(-1);
      if (chunk === undefined || chunk.textIndexes.size > MAX_TEXTS || chunk.textBytes > MAX_TEXT_BYTES) {
        chunk = { textIndexes: new Map(), textBytes: 0, feeds: [], entries: [] };
        chunks.push(chunk);
      }
      const feed = [addText(scope, chunk), addText(kind, chunk), addText(name, chunk)];
      chunk.feeds.push(feed);
      // A row of `json_each` counts as a row read. An array of offsets costs one row for each item. A single offset
      // costs none.
      chunk.entries.push(offsets.length === 1 ? [...feed, ...offsets] : [...feed, null, offsets]);
    }
  }
  return chunks;
}

/** Adds a text to the chunk if it is new. Returns the text's index. */
function addText(text: string, chunk: FeedChunk): number {
  const known = chunk.textIndexes.get(text);
  if (known !== undefined) return known;
  chunk.textBytes += new TextEncoder().encode(JSON.stringify(text)).byteLength;
  chunk.textIndexes.set(text, chunk.textIndexes.size);
  return chunk.textIndexes.size - 1;
}
