import type { Context } from "../../context.ts";
import { DAY_MS } from "../../lib/time.ts";
import { forgetEvents } from "../../store/archive/forget-rows.ts";
import { purgeFeeds } from "../../store/archive/purge-feeds.ts";
import {
  deleteSegmentRow,
  findRetentionState,
  markEventsDeleted,
  markSegmentDeleted,
  type DeletedHistory,
} from "../../store/archive/retention-rows.ts";
import { lastMovableId } from "./choose-segment.ts";

const MAX_SEGMENTS = 10;
const EVENTS_A_STEP = 1_000;
const MAX_EVENT_STEPS = 20;
const PURGED_A_STEP = { feeds: 500, rows: 10_000 };
const MAX_PURGE_STEPS = 40;

type RetentionContext = Pick<Context, "config" | "db" | "archive" | "now" | "log">;

/**
 * Tasks of the sweep that delete events which were recorded more than EVENT_RETENTION_DAYS ago. First `deleted_to` is
 * raised. From then on, no reader sees the events up to this ID, so their rows and objects can be deleted in any order.
 * The steps are limited. The next sweep continues.
 */
export const RETENTION = {
  expire_segments: expireSegments,
  expire_events: expireEvents,
  purge_events: purgeEvents,
  purge_feeds: purgeFeedRows,
};

/** @throws AppError `unavailable` if the bucket does not respond. The next sweep continues with the same segment. */
async function expireSegments(context: RetentionContext): Promise<void> {
  for (let count = 0; count < MAX_SEGMENTS; count++) {
    if (!(await expireSegment(context))) return;
  }
}

/** Deletes the oldest segment if it has expired. Returns false if it has not, or if there is no bucket. */
async function expireSegment(context: RetentionContext): Promise<boolean> {
  const { db, archive } = context;
  const { oldestSegment: segment, deletedTo } = await findRetentionState(db);
  if (segment === undefined) return false;
  const { first_event_id: first, last_event_id: last, recorded_to: recordedTo } = segment;
  if (first > deletedTo) {
    if (recordedTo >= expiredBefore(context) || last > (await lastMovableId(context))) return false;
    logDeleted(context, await markSegmentDeleted(db, first));
  }
  if (archive === undefined) return false;
  await archive.deleteSegment({ first, last });
  await deleteSegmentRow(db, first);
  return true;
}

/** Hides the events of D1 that have expired. */
async function expireEvents(context: RetentionContext): Promise<void> {
  const { db } = context;
  const before = expiredBefore(context);
  const { oldestRecordedAt } = await findRetentionState(db);
  if (oldestRecordedAt === undefined || oldestRecordedAt >= before) return;
  const lastId = await lastMovableId(context);
  let last: DeletedHistory | undefined;
  for (let step = 0; step < MAX_EVENT_STEPS; step++) {
    const next = await markEventsDeleted(db, { before, lastId }, EVENTS_A_STEP);
    if (next === undefined) break;
    last = next;
  }
  logDeleted(context, last);
}

/** Deletes the rows of hidden events. */
async function purgeEvents({ db }: RetentionContext): Promise<void> {
  const { deletedTo } = await findRetentionState(db);
  if (deletedTo === 0) return;
  for (let step = 0; step < MAX_EVENT_STEPS; step++) {
    if ((await forgetEvents(db, deletedTo, EVENTS_A_STEP)) < EVENTS_A_STEP) return;
  }
}

async function purgeFeedRows({ db }: RetentionContext): Promise<void> {
  for (let step = 0; step < MAX_PURGE_STEPS; step++) {
    if (!(await purgeFeeds(db, PURGED_A_STEP))) return;
  }
}

/** Without EVENT_RETENTION_DAYS, no event expires. */
function expiredBefore({ config, now }: RetentionContext): number {
  const days = config.eventRetentionDays;
  return days === undefined ? -Infinity : now() - days * DAY_MS;
}

function logDeleted({ log }: RetentionContext, deleted: DeletedHistory | undefined): void {
  if (deleted !== undefined) log({ event: "events_deleted", event_id: deleted.deleted_to, events: deleted.deleted });
}
