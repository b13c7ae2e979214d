import type { Context } from "../../context.ts";
import { BUNDLE_EVENTS } from "../../segments/manifest.ts";
import { listOldestParts, type HistoryPart } from "../../store/archive/movable-events.ts";
import type { Move } from "../../store/archive/move-row.ts";
import { lastEventIdQuery } from "../../store/log/log-runs.ts";
import { findLogState, type LogState } from "../../store/log/log-state.ts";
import { run } from "../../store/query.ts";

/** The sizes of new segments, and of the work of one sweep. */
export interface SegmentSizes {
  /** The number of events in a segment. `events` and `minEvents` are multiples of 256. */
  events: number;
  /** A segment with more bytes than this ends early, but not before it has `minEvents`. */
  bytes: number;
  minEvents: number;
  /**
   * If a feed has at most this many events in a segment, its entries stay in D1, and the directory has no row for it.
   * These entries take less room than the row, and the rows of such feeds would cost more than all other writes of a
   * move.
   */
  keepUpTo: number;
  /** The steps of a sweep. A step has about four queries, and two calls to R2. */
  maxSteps: number;
}

export const SEGMENT_SIZES: SegmentSizes = {
  events: 32_768,
  bytes: 32_000_000,
  minEvents: 4_096,
  keepUpTo: 4,
  maxSteps: 120,
};

/** Returns the oldest segment that can be moved, or undefined if there are not enough events yet. */
export async function chooseSegment(
  context: Pick<Context, "config" | "db">,
  sizes: SegmentSizes,
): Promise<Pick<Move, "first_event_id" | "last_event_id" | "events"> | undefined> {
  const parts = await listOldestParts(context.db, {
    lastId: await lastMovableId(context),
    minEvents: sizes.minEvents,
    maxEvents: sizes.events,
    partEvents: BUNDLE_EVENTS,
  });
  return cutSegment(parts, sizes);
}

/**
 * Returns the ID up to which events may be moved or deleted. With a log, a checkpoint must cover these events, so that
 * their indexes never change.
 */
export async function lastMovableId(context: Pick<Context, "config" | "db">): Promise<number> {
  const log = await findRunningLog(context);
  if (log === "none") return Number.MAX_SAFE_INTEGER;
  return (await run(lastEventIdQuery(context.db, log.checkpoint_size))) ?? 0;
}

/** Returns "none" if there is no log, or if it is stopped. */
export async function findRunningLog({
  config,
  db,
}: Pick<Context, "config" | "db">): Promise<Pick<LogState, "checkpoint_size"> | "none"> {
  if (config.logKey === undefined) return "none";
  const state = (await findLogState(db)) ?? { checkpoint_size: 0, stopped_reason: null };
  return state.stopped_reason === null ? state : "none";
}

function cutSegment(parts: readonly HistoryPart[], sizes: SegmentSizes) {
  const whole = parts.filter(({ events }) => events === BUNDLE_EVENTS);
  let [bytes, events, last] = [0, 0, 0];
  for (const part of whole) {
    if (events >= sizes.minEvents && bytes + part.bytes > sizes.bytes) return segmentOf(whole, last, events);
    [bytes, events, last] = [bytes + part.bytes, events + part.events, part.last];
  }
  return events === sizes.events ? segmentOf(whole, last, events) : undefined;
}

function segmentOf([first]: readonly HistoryPart[], last: number, events: number) {
  return first && { first_event_id: first.first, last_event_id: last, events };
}
