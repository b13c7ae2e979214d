import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { NO_BATCH, REVOKED_LEASE } from "../../store/streams/change-streams.ts";
import { findEventRange, type StreamRow } from "../../store/streams/stream-rows.ts";
import type { Reader } from "../access/roles.ts";
import { getStreamRow } from "./list-streams.ts";
import { rewriteStream, type ExpectedVersion, type StreamRewrite } from "./rewrite-stream.ts";
import { MAX_BATCH_BYTES } from "./stream-policy.ts";
import type { StreamView } from "./stream-view.ts";

/**
 * Pauses a stream. A batch that is being sent may still arrive, and then moves the stream.
 * @throws AppError `forbidden`; `not-found`; `precondition-failed`
 */
export function pauseStream(context: Context, reader: Reader, id: string, isExpected?: ExpectedVersion) {
  return rewriteStream(context, reader, id, isExpected, ({ enabled }) =>
    enabled ? { set: { enabled: false }, action: "pause", details: {} } : undefined,
  );
}

/**
 * Lets a paused stream go on at once. After a failure, its schedule of attempts begins again.
 * @throws AppError `forbidden`; `not-found`; `precondition-failed`
 */
export function resumeStream(context: Context, reader: Reader, id: string, isExpected?: ExpectedVersion) {
  return rewriteStream(context, reader, id, isExpected, ({ enabled }) =>
    enabled
      ? undefined
      : { set: { enabled: true, failures: 0, next_attempt_at: context.now() }, action: "resume", details: {} },
  );
}

/** The columns that change when an operator moves a stream to another position. */
function movedTo(afterId: number, now: number): Partial<StreamRow> {
  return {
    after_id: afterId,
    moved_at: now,
    failures: 0,
    failing_since: null,
    next_attempt_at: now,
    last_error: null,
    ...NO_BATCH,
    ...REVOKED_LEASE,
  };
}

/**
 * Sets a stream back, so that it sends the events after `after` again. Deleted events cannot be sent, so if retention
 * has deleted events above `after`, the stream goes on after the last of these.
 * @throws AppError `forbidden`; `not-found`; `precondition-failed`; `conflict` if the stream has not come so far
 */
export async function rewindStream(
  context: Context,
  reader: Reader,
  id: string,
  after: string,
  isExpected?: ExpectedVersion,
): Promise<StreamView> {
  await getStreamRow(context.db, reader, id);
  const { deletedTo } = await findEventRange(context.db);
  return rewriteStream(context, reader, id, isExpected, (row) => {
    const target = rewindTarget(row, after, deletedTo);
    return {
      set: movedTo(target, context.now()),
      action: "rewind",
      details: { before: `${row.after_id}`, after: `${target}` },
    };
  });
}

/**
 * Returns the position that a rewind sets. Retention has deleted the events up to `deletedTo`.
 * @throws AppError `conflict` if the stream has not come so far
 */
export function rewindTarget({ after_id }: Pick<StreamRow, "after_id">, after: string, deletedTo: number): number {
  if (BigInt(after) > BigInt(Math.max(after_id, deletedTo))) throw cannotGoForward(after_id);
  return Math.max(Number(after), deletedTo);
}

function cannotGoForward(afterId: number): AppError {
  return new AppError(
    "conflict",
    `The stream has come to event ${afterId}, and can only be set back. To leave events out, create a stream with \`after\`.`,
  );
}

/**
 * Steps over the event that the receiver refuses. No other event can be skipped.
 * @throws AppError `forbidden`; `not-found`; `precondition-failed`; `conflict` if the receiver does not refuse this event
 */
export function skipEvent(
  context: Context,
  reader: Reader,
  id: string,
  event: string,
  isExpected?: ExpectedVersion,
): Promise<StreamView> {
  return rewriteStream(context, reader, id, isExpected, (row) => {
    const { refused_event_id: eventId } = row;
    if (eventId === null || event !== `${eventId}`) throw notRefused(event, eventId);
    const reason = row.last_error ?? "";
    return {
      set: { ...movedTo(eventId, context.now()), max_batch_bytes: MAX_BATCH_BYTES },
      action: "skip",
      details: { event, reason },
      refusedEventId: eventId,
    } satisfies StreamRewrite;
  });
}

function notRefused(event: string, refused: number | null): AppError {
  const state = refused === null ? "no event" : `event ${refused}`;
  return new AppError("conflict", `The receiver refuses ${state}, so the stream cannot skip event ${event}.`);
}
