import type { Database } from "../database.ts";
import type { archiveSegments } from "../tables/archive-tables.ts";
import type { feeds } from "../tables/event-tables.ts";

export interface DatabaseContent {
  /** The lowest ID of an event in D1. */
  firstEventId: number | undefined;
  hasArchive: boolean;
}

/** @throws if the tables do not exist */
export async function findContent(db: Database): Promise<DatabaseContent> {
  const { results } = await db
    .prepare(
      `SELECT (SELECT min(id) FROM events) AS first_event_id,
        EXISTS (SELECT 1 FROM archive_segments) OR EXISTS (SELECT 1 FROM archive_move)
          OR EXISTS (SELECT 1 FROM archive_state WHERE boundary > 0) AS has_archive`,
    )
    .all<{ first_event_id: number | null; has_archive: number }>();
  const [row] = results;
  return { firstEventId: row?.first_event_id ?? undefined, hasArchive: row?.has_archive === 1 };
}

/** The tables whose IDs are known outside the service, so that none may be used twice. */
const TABLES = ["events", "subscriptions", "recoveries", "deliveries"];

/** Makes the next ID of deliveries higher than `deliveryId`, and those of the other tables higher than `eventId`. */
export async function raiseIdsAbove(db: Database, eventId: number, deliveryId: number): Promise<void> {
  await db.batch([
    // SQLite: `sqlite_sequence` has no row for a table that has never had a row.
    db
      .prepare(
        `INSERT INTO sqlite_sequence (name, seq) SELECT value, 0 FROM json_each(?1)
        WHERE value NOT IN (SELECT name FROM sqlite_sequence)`,
      )
      .bind(JSON.stringify(TABLES)),
    db
      .prepare(
        `UPDATE sqlite_sequence SET seq = max(seq, CAST(iif(name = 'deliveries', ?2, ?1) AS INTEGER))
        WHERE name IN (SELECT value FROM json_each(?3))`,
      )
      .bind(eventId, deliveryId, JSON.stringify(TABLES)),
  ]);
}

export interface RestoredFeed {
  scope: string;
  kind: (typeof feeds.$inferSelect)["kind"];
  name: string;
}

/** A feed whose list is in the bucket. `segment` is the first event of the segment. */
export type RestoredList = RestoredFeed & Record<(typeof DIRECTORY_COLUMNS)[number], number>;

const DIRECTORY_COLUMNS = ["first_event_id", "last_event_id", "segment", "events", "start", "bytes"] as const;

/** Inserts rows of the directory, and their feeds unless they exist. May be repeated. */
export async function insertRestoredLists(db: Database, lists: RestoredList[]): Promise<void> {
  await insertWithFeeds(
    db,
    lists,
    `INSERT OR REPLACE INTO archive_directory (feed_id, ${DIRECTORY_COLUMNS.join(", ")})
    SELECT feeds.id, ${DIRECTORY_COLUMNS.map((name) => `row.value->>'${name}'`).join(", ")} FROM ${NAMED_FEEDS}`,
  );
}

/** Inserts the entries of feeds with few events in a segment, and the feeds unless they exist. May be repeated. */
export async function insertRestoredEntries(
  db: Database,
  entries: (RestoredFeed & { ids: number[] })[],
): Promise<void> {
  await insertWithFeeds(
    db,
    entries,
    `INSERT OR IGNORE INTO feed_entries (feed_id, event_id)
    SELECT feeds.id, id.value FROM ${NAMED_FEEDS} CROSS JOIN json_each(row.value->'ids') id`,
  );
}

/** SQL: the values of the JSON array ?1, each with its feed. */
const NAMED_FEEDS = `json_each(?1) row CROSS JOIN feeds ON feeds.scope = row.value->>'scope'
  AND feeds.kind = row.value->>'kind' AND feeds.name = row.value->>'name'`;

async function insertWithFeeds(db: Database, rows: RestoredFeed[], insert: string): Promise<void> {
  const json = JSON.stringify(rows);
  await db.batch([
    db
      .prepare(
        `INSERT OR IGNORE INTO feeds (scope, kind, name)
        SELECT value->>'scope', value->>'kind', value->>'name' FROM json_each(?1)`,
      )
      .bind(json),
    db.prepare(insert).bind(json),
  ]);
}

export interface RestoredArchive {
  segments: (typeof archiveSegments.$inferSelect)[];
  /** The number of events that retention deleted before the first segment, as far as it is known. */
  deleted: number;
}

/** Rows of a statement. A parameter has at most 2 MB in D1. */
const ROWS_A_STATEMENT = 2_000;

/**
 * Inserts the segments and sets the boundary, so that readers see the archive. Returns false, and changes nothing, if
 * D1 has an archive by now, or an event that the archive has too.
 */
export async function insertRestoredArchive(db: Database, { segments, deleted }: RestoredArchive): Promise<boolean> {
  const boundary = segments.at(-1)?.last_event_id ?? 0;
  const deletedTo = (segments[0]?.first_event_id ?? 1) - 1;
  const events = segments.reduce((sum, segment) => sum + segment.events, 0);
  const isFresh = `NOT EXISTS (SELECT 1 FROM archive_state WHERE boundary > 0)
    AND NOT EXISTS (SELECT 1 FROM events WHERE id <= CAST(?1 AS INTEGER))`;
  const results = await db.batch([
    ...chunksOf(segments, ROWS_A_STATEMENT).map((rows) =>
      db
        .prepare(
          `INSERT INTO archive_segments (first_event_id, last_event_id, events, runs, bytes, recorded_to)
          SELECT value->>'first_event_id', value->>'last_event_id', value->>'events', value->>'runs', value->>'bytes',
            value->>'recorded_to' FROM json_each(?2) WHERE ${isFresh}`,
        )
        .bind(boundary, JSON.stringify(rows)),
    ),
    db
      .prepare(
        `INSERT INTO archive_state (id, boundary, deleted_to, counted_to, recorded, deleted)
        SELECT 1, ?1, ?2, ?1, CAST(?3 AS INTEGER) + ?4, ?4 WHERE ${isFresh}
        ON CONFLICT (id) DO UPDATE SET boundary = excluded.boundary, deleted_to = excluded.deleted_to,
          counted_to = max(counted_to, excluded.counted_to), recorded = recorded + excluded.recorded,
          deleted = excluded.deleted`,
      )
      .bind(boundary, deletedTo, events, deleted),
  ]);
  return results.at(-1)?.meta.changes === 1;
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) =>
    items.slice(chunk * size, (chunk + 1) * size),
  );
}
