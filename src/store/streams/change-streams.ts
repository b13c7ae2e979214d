import type { Database } from "../database.ts";
import { DELETED_TO, NEWEST_EVENT_ID, type StreamChangeRow, type StreamRow } from "./stream-rows.ts";

/** A change by an operator, as it is kept, without the ID of the stream. */
export type NewChange = Pick<StreamChangeRow, "at" | "by" | "action" | "details">;

/** The columns that an operator sets. */
type Settings = Pick<
  StreamRow,
  "name" | "kind" | "destination" | "secret" | "format" | "listing" | "allowed_groups" | "enabled"
>;

export interface NewStreamRow extends Settings {
  /** Null: the stream begins after the newest event. */
  after_id: number | null;
  max_batch_bytes: number;
}

/**
 * Inserts a stream, and returns its ID. The stream begins at the oldest event that there is, at the earliest. Returns
 * undefined, and inserts nothing, if there are `maxStreams` already.
 */
export async function insertStream(
  db: Database,
  { after_id: after, ...row }: NewStreamRow,
  { at, by, details }: Omit<NewChange, "action">,
  maxStreams: number,
): Promise<number | undefined> {
  // D1 binds numbers as floating-point numbers, which would be written as "1000.0".
  const beginning = `CAST(max(coalesce(?1, ${NEWEST_EVENT_ID}), ${DELETED_TO}) AS INTEGER)`;
  const hasRoom = `(SELECT count(*) FROM streams) < ?2`;
  const columns = { ...row, created_at: at, moved_at: at, next_attempt_at: at };
  const change = db
    .prepare(
      `INSERT INTO stream_changes (stream_id, at, by, action, details)
      SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'streams'), 0) + 1, ?3, ?4, 'create',
        json_set(?5, '$.after', CAST(${beginning} AS TEXT))
      WHERE ${hasRoom}`,
    )
    .bind(after, maxStreams, at, by, JSON.stringify(details));
  const names = Object.keys(columns);
  const insert = db
    .prepare(
      `INSERT INTO streams (${names.join(", ")}, after_id)
      SELECT ${names.map((_, index) => `?${index + 3}`).join(", ")}, ${beginning} WHERE ${hasRoom} RETURNING id`,
    )
    .bind(after, maxStreams, ...Object.values(columns).map(toSqlite));
  const [, inserted] = await db.batch<{ id: number }>([change, insert]);
  return inserted?.results[0]?.id;
}

/** Takes the lease away, so that the result of a batch that is being sent no longer moves the stream. */
export const REVOKED_LEASE = { lease_token: null, lease_until: 0 } as const;

/** Forgets the stored batch. The next attempt makes another one. */
export const NO_BATCH = {
  batch_first_id: null,
  batch_last_id: null,
  batch_events: null,
  batch_webhook_id: null,
  refused_event_id: null,
} as const;

/**
 * Changes a stream, and keeps the change. Returns false, and changes nothing, if the stream is no longer at this
 * version, or if its receiver no longer refuses the event `refusedEventId`.
 */
export async function updateStream(
  db: Database,
  { id, version }: Pick<StreamRow, "id" | "version">,
  set: Partial<StreamRow>,
  change: NewChange,
  refusedEventId?: number,
): Promise<boolean> {
  const names = Object.keys(set);
  const assignments = names.map((name, index) => `${name} = ?${index + 4}`);
  const update = db
    .prepare(`UPDATE streams SET ${[...assignments, "version = version + 1"].join(", ")} WHERE ${IS_AT_VERSION}`)
    .bind(id, version, refusedEventId ?? null, ...Object.values(set).map(toSqlite));
  const [, updated] = await db.batch([insertChange(db, { id, version }, change, refusedEventId), update]);
  return updated?.meta.changes === 1;
}

/**
 * Deletes a stream, and keeps the change. Returns false, and changes nothing, if the stream is no longer at this
 * version.
 */
export async function deleteStream(
  db: Database,
  { id, version }: Pick<StreamRow, "id" | "version">,
  change: NewChange,
): Promise<boolean> {
  const [, deleted] = await db.batch([
    insertChange(db, { id, version }, change),
    db.prepare(`DELETE FROM streams WHERE ${IS_AT_VERSION}`).bind(id, version, null),
  ]);
  return deleted?.meta.changes === 1;
}

/**
 * SQL: guards each statement of a change. ?1 is the stream, ?2 the version, ?3 the event that the receiver must still
 * refuse, or NULL.
 */
const IS_AT_VERSION = `id = ?1 AND version = ?2
  AND (?3 IS NULL OR refused_event_id = ?3)`;

/** Comes before the statement that changes the stream, because that statement makes another version. */
function insertChange(
  db: Database,
  { id, version }: Pick<StreamRow, "id" | "version">,
  { at, by, action, details }: NewChange,
  refusedEventId?: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO stream_changes (stream_id, at, by, action, details)
      SELECT id, ?4, ?5, ?6, ?7 FROM streams WHERE ${IS_AT_VERSION}`,
    )
    .bind(id, version, refusedEventId ?? null, at, by, action, JSON.stringify(details));
}

/** The value of a column as SQLite stores it: booleans as numbers, objects and arrays as JSON. */
function toSqlite(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
}
