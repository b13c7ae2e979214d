import type { Database } from "../database.ts";
import { NEXT_EVENT_ID } from "./recording.ts";

/** A request that records under an idempotency key. */
export interface KeyClaim {
  key: string;
  /** Unique to the request. The key is not, because several requests may have the same key. */
  requestId: string;
  bodyHash: string;
  expiresAt: number;
}

/** The request that an idempotency key belongs to. */
export type KeyHolder = Pick<KeyClaim, "requestId" | "bodyHash">;

/**
 * Takes the key if it is new or has expired. Stores the ID that the first event of the batch will get, so this must be
 * the first statement of the batch.
 */
export function claimKey(
  db: Database,
  { key, requestId, bodyHash, expiresAt }: KeyClaim,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO idempotency_keys (key, request_id, body_hash, first_event_id, expires_at)
      VALUES (?1, ?2, ?3, ${NEXT_EVENT_ID}, ?4)
      ON CONFLICT (key) DO UPDATE SET request_id = excluded.request_id, body_hash = excluded.body_hash,
        first_event_id = excluded.first_event_id, expires_at = excluded.expires_at
      WHERE idempotency_keys.expires_at <= ?5`,
    )
    .bind(key, requestId, bodyHash, expiresAt, now);
}

/** Returns the parameters ?1 and ?2 of a statement that `ifKeyIsMine` guards. */
export function keyParameters(claim: KeyClaim | undefined): [key: string | null, requestId: string | null] {
  return [claim?.key ?? null, claim?.requestId ?? null];
}

/**
 * Guards a statement that reads `json_each(parameter)`. If another request has the key, `json_each` gets NULL, so the
 * statement has no rows.
 */
export function ifKeyIsMine(parameter: string): string {
  return `CASE WHEN ?1 IS NULL OR EXISTS (SELECT 1 FROM idempotency_keys WHERE key = ?1 AND request_id = ?2)
    THEN ${parameter} END`;
}
