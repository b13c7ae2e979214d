import { deepStrictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";

/**
 * All rows of recorded events, without the times of the recording and the random openings. Feeds are compared by name,
 * because their numbers depend on the order of the recordings.
 */
const QUERIES = [
  `SELECT id, type, timestamp, username, octet_length(opening), substr(json, 1, instr(json, ',"recorded_at":"')),
    substr(json, instr(json, ',"recorded_at":"') + length(',"recorded_at":"2026-11-29T02:05:17.488Z"'))
  FROM events ORDER BY id`,
  `SELECT feeds.scope, feeds.kind, feeds.name, feed_entries.event_id
  FROM feed_entries LEFT JOIN feeds ON feeds.id = feed_entries.feed_id ORDER BY 1, 2, 3, 4`,
  "SELECT scope, kind, name FROM feeds ORDER BY 1, 2, 3",
  "SELECT * FROM sqlite_sequence WHERE name = 'events'",
  "SELECT count(*) FROM deliveries",
];

/** @throws if the databases have different events or feeds. */
export function assertSameRows(file: string, otherFile: string): void {
  using db = new DatabaseSync(file);
  using other = new DatabaseSync(otherFile);
  for (const query of QUERIES) deepStrictEqual(db.prepare(query).all(), other.prepare(query).all());
}
