import type { Database } from "../database.ts";
import { NEWEST_EVENT_ID, type StreamRow } from "./stream-rows.ts";

/** The batch that a stream sends. The same bounds always have the same `webhookId`, until the stream has moved. */
export interface BatchBounds {
  firstId: number;
  lastId: number;
  /** The number of events. */
  events: number;
  webhookId: string;
}

/** The right of one invocation to send a stream. Times are in milliseconds since 1970. */
export interface StreamLease {
  token: string;
  until: number;
}

/** A stream as an invocation has read it. If D1 has other values by now, the invocation changes nothing. */
export type KnownStream = Pick<StreamRow, "id" | "version" | "after_id" | "batch_webhook_id">;

/**
 * SQL: the stream is as it was read, and nobody else has the lease. ?1 to ?4 are the stream, ?5 a token, ?6 the time.
 */
const IS_AS_READ = `id = ?1 AND version = ?2 AND after_id = ?3 AND batch_webhook_id IS ?4 AND enabled
  AND (lease_token IS NULL OR lease_token = ?5 OR lease_until <= ?6)`;

/**
 * Stores the bounds of the batch that is sent next, and takes or renews the lease. Returns false, and changes nothing,
 * if the stream is not as it was read, or if another invocation has the lease.
 */
export async function claimBatch(
  db: Database,
  { id, version, after_id, batch_webhook_id }: KnownStream,
  { firstId, lastId, events, webhookId }: BatchBounds,
  { token, until }: StreamLease,
  now: number,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE streams SET batch_first_id = ?7, batch_last_id = ?8, batch_events = ?9, batch_webhook_id = ?10,
        lease_token = ?5, lease_until = ?11 WHERE ${IS_AS_READ}`,
    )
    .bind(id, version, after_id, batch_webhook_id, token, now, firstId, lastId, events, webhookId, until)
    .run();
  return meta.changes === 1;
}

/** A batch that has arrived. `next` is the batch after it, which is then claimed under the same lease. */
export interface ArrivedBatch {
  lastId: number;
  at: number;
  maxBatchBytes: number;
  /** What the operator should know, although the batch has arrived. */
  notice: string | undefined;
  next: { version: number; bounds: BatchBounds; leaseUntil: number } | undefined;
}

export interface MovedStream {
  /** True if the next batch is claimed. False if there is none, or if an operator has changed the stream. */
  isContinued: boolean;
  newestId: number;
}

/**
 * Moves the stream past a batch that has arrived, and claims the next one in the same statement. Returns undefined, and
 * changes nothing, if the lease was lost.
 */
export async function moveStream(
  db: Database,
  id: number,
  token: string,
  { lastId, at, maxBatchBytes, notice, next }: ArrivedBatch,
): Promise<MovedStream | undefined> {
  const { results } = await db
    .prepare(
      `UPDATE streams SET after_id = ?3, moved_at = ?4, last_success_at = ?4, failures = 0, failing_since = NULL,
        next_attempt_at = ?4, last_error = ?12, refused_event_id = NULL, max_batch_bytes = ?5,
        batch_first_id = iif(${CONTINUES}, ?7, NULL), batch_last_id = iif(${CONTINUES}, ?8, NULL),
        batch_events = iif(${CONTINUES}, ?9, NULL), batch_webhook_id = iif(${CONTINUES}, ?10, NULL),
        lease_token = iif(${CONTINUES}, ?2, NULL), lease_until = iif(${CONTINUES}, ?11, 0)
      WHERE id = ?1 AND lease_token = ?2
      RETURNING lease_token IS NOT NULL AS is_continued, ${NEWEST_EVENT_ID} AS newest_id`,
    )
    .bind(id, token, lastId, at, maxBatchBytes, ...nextParameters(next), notice ?? null)
    .all<{ is_continued: number; newest_id: number }>();
  const row = results[0];
  return row && { isContinued: row.is_continued === 1, newestId: row.newest_id };
}

/** The parameters ?6 to ?11. */
function nextParameters(next: ArrivedBatch["next"]) {
  if (next === undefined) return [null, null, null, null, null, 0];
  const { firstId, lastId, events, webhookId } = next.bounds;
  return [next.version, firstId, lastId, events, webhookId, next.leaseUntil];
}

/** SQL: the stream is still as it was when the next batch was read, except that it has moved. */
const CONTINUES = `?6 IS NOT NULL AND enabled AND version = ?6`;

/** An attempt that has failed. Times are in milliseconds since 1970. */
export interface FailedBatch {
  at: number;
  nextAttemptAt: number;
  error: string;
  /** The receiver has refused this event. Null if the attempt says nothing about an event. */
  refusedEventId: number | null;
  maxBatchBytes: number;
}

/** Separates the last error from the refusal before it. */
const BEFORE = "; before, ";

/** SQL: the reason of the refusal, without a later error that stands in front of it. */
const REFUSAL = `CASE instr(last_error, '${BEFORE}') WHEN 0 THEN last_error
          ELSE substr(last_error, instr(last_error, '${BEFORE}') + ${BEFORE.length}) END`;

/** SQL: the error ?5. If the receiver has refused an event before, and ?6 is null, the reason of the refusal follows. */
const ERROR_AND_REFUSAL = `CASE WHEN ?6 IS NOT NULL OR refused_event_id IS NULL THEN ?5
          ELSE ?5 || '${BEFORE}' || ${REFUSAL} END`;

/**
 * Stores a failed attempt. Its batch stays, and is sent again. An event that was refused before stays refused, even if the
 * receiver could not be reached this time. Changes nothing if the lease was lost.
 */
export async function markFailed(
  db: Database,
  id: number,
  token: string,
  { at, nextAttemptAt, error, refusedEventId, maxBatchBytes }: FailedBatch,
): Promise<void> {
  await db
    .prepare(
      `UPDATE streams SET failures = failures + 1, failing_since = coalesce(failing_since, ?3), next_attempt_at = ?4,
        last_error = ${ERROR_AND_REFUSAL}, refused_event_id = coalesce(?6, refused_event_id), max_batch_bytes = ?7,
        lease_token = NULL, lease_until = 0
      WHERE id = ?1 AND lease_token = ?2`,
    )
    .bind(id, token, at, nextAttemptAt, error, refusedEventId, maxBatchBytes)
    .run();
}

/**
 * Moves a stream past events that it does not carry. The stream is then healthy, because nothing waits any more. Changes
 * nothing if the stream is not as it was read, or if another invocation sends it.
 */
export async function passOver(
  db: Database,
  { id, version, after_id, batch_webhook_id }: KnownStream,
  { afterId, at }: { afterId: number; at: number },
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE streams SET after_id = ?7, moved_at = ?6, failures = 0,
        last_error = iif(failing_since IS NULL, last_error, NULL), failing_since = NULL
      WHERE ${IS_AS_READ}`,
    )
    .bind(id, version, after_id, batch_webhook_id, null, at, afterId)
    .run();
  return meta.changes === 1;
}

/** Stores that the next batch cannot be read. Changes nothing if the stream is not as it was read. */
export async function markStuck(
  db: Database,
  { id, version, after_id, batch_webhook_id }: KnownStream,
  { at, nextAttemptAt, error }: Pick<FailedBatch, "at" | "nextAttemptAt" | "error">,
): Promise<void> {
  await db
    .prepare(
      `UPDATE streams SET failures = failures + 1, failing_since = coalesce(failing_since, ?6), next_attempt_at = ?7,
        last_error = ?8
      WHERE ${IS_AS_READ}`,
    )
    .bind(id, version, after_id, batch_webhook_id, null, at, nextAttemptAt, error)
    .run();
}
