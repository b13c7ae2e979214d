import type { Database } from "./database.ts";

interface Purge {
  table: string;
  primaryKey: string;
  /** SQL: the condition of an old row. ?1 is a time. */
  isOld: string;
}

/** Deletes up to `limit` rows for which `isOld` is true, and returns their number. */
async function purgeRows(
  db: Database,
  { table, primaryKey, isOld }: Purge,
  before: number,
  limit: number,
): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM ${table} WHERE (${primaryKey}) IN (SELECT ${primaryKey} FROM ${table} WHERE ${isOld} LIMIT ?2)`,
    )
    .bind(before, limit)
    .run();
  return meta.changes;
}

/** Deletes keys that have expired at `now`. */
export async function purgeIdempotencyKeys(db: Database, now: number, limit: number): Promise<number> {
  return purgeRows(db, { table: "idempotency_keys", primaryKey: "key", isOld: "expires_at <= ?1" }, now, limit);
}

/** Deletes gates that were not used since `before`. */
export async function purgeSlackGates(db: Database, before: number, limit: number): Promise<number> {
  const isOld = "next_send_at < ?1 AND closed_until < ?1";
  return purgeRows(db, { table: "slack_gates", primaryKey: "url", isOld }, before, limit);
}

/** Deletes recoveries that finished before `before`. */
export async function purgeRecoveries(db: Database, before: number, limit: number): Promise<number> {
  return purgeRows(db, { table: "recoveries", primaryKey: "id", isOld: "finished_at < ?1" }, before, limit);
}

/** Deletes the counters of hours that began before `before`. */
export async function purgeHourlyStats(db: Database, before: number, limit: number): Promise<number> {
  const table = "subscription_stats_hourly";
  return purgeRows(db, { table, primaryKey: "hour, subscription_id", isOld: "hour < ?1" }, before, limit);
}

/** The most attempts that one batch deletes. A delivery that its owner sent again and again has thousands. */
const MAX_ATTEMPTS = 20_000;

/**
 * Deletes up to `limit` deliveries that were settled before `before`, with their attempts, and returns their number. A
 * delivery with more attempts than one batch deletes is left to the next call.
 */
export async function purgeDeliveries(db: Database, before: number, limit: number): Promise<number> {
  const settledLongAgo = `SELECT id FROM deliveries INDEXED BY deliveries_settled
    WHERE settled_at IS NOT NULL AND settled_at < ?1 ORDER BY settled_at, id LIMIT ?2`;
  const [, purged] = await db.batch([
    db
      .prepare(
        `DELETE FROM attempts WHERE (delivery_id, number) IN (
          SELECT a.delivery_id, a.number FROM (${settledLongAgo}) d CROSS JOIN attempts a ON a.delivery_id = d.id
          LIMIT ${MAX_ATTEMPTS})`,
      )
      .bind(before, limit),
    db
      .prepare(
        `DELETE FROM deliveries WHERE id IN (${settledLongAgo})
          AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery_id = deliveries.id)`,
      )
      .bind(before, limit),
  ]);
  return purged?.meta.changes ?? 0;
}
