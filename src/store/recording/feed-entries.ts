import type { Database } from "../database.ts";
import { ifKeyIsMine, keyParameters } from "./idempotency-keys.ts";
import { FIRST_EVENT_ID, type Recording } from "./recording.ts";

/**
 * CROSS JOIN keeps SQLite from turning the loops round: feeds first would read every feed for each entry. Each feed is
 * looked up once for all its events. No ORDER BY: what is sorted counts as read.
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
    const texts = JSON.stringify([...chunk.places.keys()]);
    return [
      feeds.bind(...key, texts, JSON.stringify(chunk.feeds)),
      entries.bind(...key, recording.events.length, texts, JSON.stringify(chunk.entries)),
    ];
  });
}

/** Feeds by the places of their texts: a large request would repeat each scope and name a hundred times over. */
interface FeedChunk {
  places: Map<string, number>;
  textBytes: number;
  feeds: number[][];
  /** A feed's three places and its event's offset; where it has several, null and the list of them. */
  entries: (number | null | number[])[][];
}

/** SQLite walks to a text's place, so more texts cost more time; D1 takes 2 MB a parameter. */
const MAX_TEXTS = 1_000;
const MAX_TEXT_BYTES = 900_000;

function feedChunks(feeds: Recording["feeds"]): FeedChunk[] {
  const chunks: FeedChunk[] = [];
  for (const [scope, feedsOfScope] of feeds) {
    for (const [kind, name, offsets] of feedsOfScope) {
      let chunk = chunks.at(-1);
      if (chunk === undefined || chunk.places.size > MAX_TEXTS || chunk.textBytes > MAX_TEXT_BYTES) {
        chunk = { places: new Map(), textBytes: 0, feeds: [], entries: [] };
        chunks.push(chunk);
      }
      const feed = [placeOf(scope, chunk), placeOf(kind, chunk), placeOf(name, chunk)];
      chunk.feeds.push(feed);
      // A row of `json_each` is a row read: a list costs one for each of its items, a feed's only event none.
      chunk.entries.push(offsets.length === 1 ? [...feed, ...offsets] : [...feed, null, offsets]);
    }
  }
  return chunks;
}

function placeOf(text: string, chunk: FeedChunk): number {
  const known = chunk.places.get(text);
  if (known !== undefined) return known;
  chunk.textBytes += new TextEncoder().encode(JSON.stringify(text)).byteLength;
  chunk.places.set(text, chunk.places.size);
  return chunk.places.size - 1;
}
