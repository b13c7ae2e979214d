import type { Database } from "../database.ts";

/**
 * The distance from the highest known ID to the new IDs. Before the restore, D1 may have given IDs that are known
 * nowhere outside D1.
 */
const MARGIN = 1_000_000;

/** The tables whose IDs are never used twice. */
const TABLES = ["events", "deliveries", "subscriptions", "recoveries", "streams", "stream_changes"];

/**
 * Raises the IDs after D1 was restored to an earlier time. The ID of the next event will be at least a million above
 * `lastEventId`. The next IDs in the other tables of `TABLES` rise by a million. Returns false, and changes nothing, if
 * the IDs have already been raised.
 */
export async function raiseIds(db: Database, lastEventId: number): Promise<boolean> {
  const isLow = `(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events') < ?1 + ${MARGIN}`;
  const [, raised] = await db.batch([
    // SQLite: `sqlite_sequence` has no row for a table that has never had a row.
    db
      .prepare(
        `INSERT INTO sqlite_sequence (name, seq) SELECT value, 0 FROM json_each(?2)
        WHERE value NOT IN (SELECT name FROM sqlite_sequence) AND ${isLow}`,
      )
      .bind(lastEventId, JSON.stringify(TABLES)),
    db
      .prepare(
        `UPDATE sqlite_sequence SET seq = iif(name = 'events', max(seq, CAST(?1 AS INTEGER)), seq) + ${MARGIN}
        WHERE name IN (SELECT value FROM json_each(?2)) AND ${isLow}`,
      )
      .bind(lastEventId, JSON.stringify(TABLES)),
  ]);
  return (raised?.meta.changes ?? 0) > 0;
}
