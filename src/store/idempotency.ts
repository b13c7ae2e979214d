import type { Database } from "./database.ts";

/** A request that records under a key. `requestId` is its own alone, unlike the key. */
export interface KeyClaim {
  key: string;
  requestId: string;
  bodyHash: string;
  expiresAt: number;
}

/** Whose a key is. */
export interface KeyHolder {
  requestId: string;
  bodyHash: string;
}

/**
 * For the head of a batch that records: takes the key if it is new or has expired, and notes the ID that the batch's
 * first event will get.
 */
export function claimKey(
  db: Database,
  { key, requestId, bodyHash, expiresAt }: KeyClaim,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO idempotency_keys (key, request_id, body_hash, first_event_id, expires_at)
      VALUES (?1, ?2, ?3, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) + 1, ?4)
      ON CONFLICT (key) DO UPDATE SET request_id = excluded.request_id, body_hash = excluded.body_hash,
        first_event_id = excluded.first_event_id, expires_at = excluded.expires_at
      WHERE idempotency_keys.expires_at <= ?5`,
    )
    .bind(key, requestId, bodyHash, expiresAt, now);
}

/** Guards a statement of the batch. Its parameters ?1 and ?2 are the key and the request's ID, both NULL without a key. */
export const KEY_IS_MINE = `(?1 IS NULL OR EXISTS (SELECT 1 FROM idempotency_keys WHERE key = ?1 AND request_id = ?2))`;

/** Deletes up to `limit` keys that expired; answers how many. */
export async function purgeIdempotencyKeys(db: Database, now: number, limit: number): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM idempotency_keys WHERE key IN (SELECT key FROM idempotency_keys WHERE expires_at <= ?1 LIMIT ?2)`,
    )
    .bind(now, limit)
    .run();
  return meta.changes;
}
