import type { MOVE_PHASES } from "../../schemas/archive.ts";
import type { Database } from "../database.ts";

/** A segment that is being moved, and how far the move has come. */
export interface Move {
  first_event_id: number;
  last_event_id: number;
  events: number;
  phase: (typeof MOVE_PHASES)[number];
  progress: number;
}

/** The right of one invocation to work on the move. */
export interface MoveLease {
  token: string;
  /** Milliseconds since 1970. */
  now: number;
  until: number;
}

const COLUMNS = "first_event_id, last_event_id, events, phase, progress";

/** SQL: the row of the move, if this invocation (?1 is its token) still works on it. */
export const LEASED_MOVE = "archive_move WHERE id = 1 AND lease_token = ?1";

/** Reads whether there is a move, and the size of the database in bytes. */
export async function findMove(db: Database): Promise<{ isMoving: boolean; databaseBytes: number }> {
  const { results, meta } = await db.prepare("SELECT 1 FROM archive_move WHERE id = 1").all();
  return { isMoving: results.length > 0, databaseBytes: meta.size_after };
}

/** Leases the move to one invocation. Returns undefined if there is no move, or if another invocation works on it. */
export async function leaseMove(db: Database, { token, now, until }: MoveLease): Promise<Move | undefined> {
  const { results } = await db
    .prepare(
      `UPDATE archive_move SET lease_token = ?1, lease_until = ?3
      WHERE id = 1 AND (lease_token IS NULL OR lease_until <= ?2) RETURNING ${COLUMNS}`,
    )
    .bind(token, now, until)
    .all<Move>();
  return results[0];
}

/**
 * Begins the move of a segment, and leases it. Returns undefined if there is a move already, or if this segment was
 * moved in the meantime.
 */
export async function insertMove(
  db: Database,
  { first_event_id, last_event_id, events }: Pick<Move, "first_event_id" | "last_event_id" | "events">,
  { token, until }: MoveLease,
): Promise<Move | undefined> {
  const { results } = await db
    .prepare(
      `INSERT INTO archive_move (id, first_event_id, last_event_id, events, phase, lease_token, lease_until)
      SELECT 1, ?1, ?2, ?3, 'bundles', ?4, ?5
      WHERE NOT EXISTS (SELECT 1 FROM archive_state WHERE id = 1 AND max(boundary, deleted_to) >= ?1)
      ON CONFLICT (id) DO NOTHING RETURNING ${COLUMNS}`,
    )
    .bind(first_event_id, last_event_id, events, token, until)
    .all<Move>();
  return results[0];
}

/** Stores how far the move has come, and extends the lease. Returns false if another invocation has the lease. */
export async function markMoved(
  db: Database,
  { token, until }: MoveLease,
  { phase, progress }: Pick<Move, "phase" | "progress">,
): Promise<boolean> {
  const { meta } = await db
    .prepare("UPDATE archive_move SET phase = ?2, progress = ?3, lease_until = ?4 WHERE id = 1 AND lease_token = ?1")
    .bind(token, phase, progress, until)
    .run();
  return meta.changes === 1;
}

/** Returns true if this invocation still works on the move. */
export async function hasLease(db: Database, token: string): Promise<boolean> {
  const { results } = await db.prepare(`SELECT 1 FROM ${LEASED_MOVE}`).bind(token).all();
  return results.length > 0;
}

/** Lets another invocation go on with the move. */
export async function releaseMove(db: Database, token: string): Promise<void> {
  await db
    .prepare("UPDATE archive_move SET lease_token = NULL, lease_until = NULL WHERE id = 1 AND lease_token = ?1")
    .bind(token)
    .run();
}

/** Ends a move that is done. Does nothing if another invocation works on the move. */
export async function deleteMove(db: Database, token: string): Promise<void> {
  await db.prepare(`DELETE FROM ${LEASED_MOVE}`).bind(token).run();
}
