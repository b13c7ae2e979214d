import type { Database } from "../database.ts";

/** Beyond the highest ID that is known: some IDs were given that nothing outside D1 has heard of. */
const MARGIN = 1_000_000;

/** The tables whose IDs are never used twice. */
const TABLES = ["events", "deliveries", "subscriptions", "recoveries"];

/**
 * After D1 was restored to an earlier time: the next event's ID will lie at least a million above `lastEventId`, and those
 * of other tables a million above where they are. Returns false, and changes nothing, if this has been done.
 */
export async function raiseIds(db: Database, lastEventId: number): Promise<boolean> {
  const isLow = `(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events') < ?1 + ${MARGIN}`;
  const [, raised] = await db.batch([
    // SQLite: a table in which no row has ever been has none here either.
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
