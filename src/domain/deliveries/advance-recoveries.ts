import type { Context } from "../../context.ts";
import type { Database } from "../../store/database.ts";
import { allowedGroupsOf, type EventWithoutData } from "../../store/events/event-rows.ts";
import { mergeFeeds } from "../../store/events/feeds.ts";
import { MATCHING_FIELDS } from "../../store/events/page-columns.ts";
import { run } from "../../store/query.ts";
import {
  listFailedDeliveries,
  listRunningRecoveries,
  postponeRecovery,
  recoverStep,
  type RecoveryRow,
  type RecoveryStep,
} from "../../store/deliveries/recovery-rows.ts";
import { findSubscription, type SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { scopePath } from "../access/scope.ts";
import { reasonNotTaken } from "../subscriptions/takes-event.ts";
import { feedsOfSubscription } from "../access/visibility.ts";
import { hintDeliveries } from "../hint-deliveries.ts";
import { HINT_GRACE_MS } from "../hint-deliveries.ts";
import { takeTurns } from "../take-turns.ts";

const JOBS_AT_ONCE = 20;
const EVENTS_A_STEP = 100;
const FAILED_A_STEP = 500;
const MAX_STEPS = 50;

/** Takes each running recovery some steps further, in turn. */
export async function advanceRecoveries(context: Context): Promise<void> {
  const { db, now } = context;
  await takeTurns(context, {
    task: "recover",
    maxSteps: MAX_STEPS,
    find: (except) => listRunningRecoveries(db, except, JOBS_AT_ONCE),
    advance: (recovery) => advance(context, recovery),
    postpone: ({ id }) => postponeRecovery(db, id, now()),
  });
}

async function advance(context: Context, recovery: RecoveryRow): Promise<void> {
  const { db } = context;
  const subscription = await findSubscription(db, recovery.project, recovery.subscription_id);
  const next = subscription === undefined ? NOTHING_LEFT : await nextEvents(db, recovery, subscription);
  const now = context.now();
  const pending = await recoverStep(db, { recovery, ...next, now, sweepAt: now + HINT_GRACE_MS });
  // Not as first attempts: what is new shall not wait behind the past.
  await hintDeliveries(
    context,
    "retry",
    pending.map((deliveryId) => ({ deliveryId })),
  );
}

type NextEvents = Pick<RecoveryStep, "eventIds" | "cursor">;

const NOTHING_LEFT: NextEvents = { eventIds: [], cursor: undefined };

async function nextEvents(db: Database, recovery: RecoveryRow, subscription: SubscriptionRow): Promise<NextEvents> {
  switch (recovery.selection) {
    case "failed":
      return nextFailed(db, recovery, subscription);
    case "all":
      return nextOfAll(db, recovery, subscription);
  }
}

async function nextFailed(db: Database, recovery: RecoveryRow, subscription: SubscriptionRow): Promise<NextEvents> {
  const { failed, last } = await listFailedDeliveries(db, recovery, FAILED_A_STEP);
  const told = failed.filter((row) => isTaken(subscription, row));
  return { eventIds: told.map(({ event_id }) => event_id), cursor: last };
}

/** Of the two feeds of a project, State's and Inventory's, as far as both are known. */
async function nextOfAll(db: Database, recovery: RecoveryRow, subscription: SubscriptionRow): Promise<NextEvents> {
  const pages = [];
  for (const tree of ["state", "inventory"] as const) {
    const scope = scopePath([tree, recovery.project]);
    const cursor = { after: `${recovery.cursor}` };
    const range = { scope, feeds: feedsOfSubscription(subscription), cursor, limit: EVENTS_A_STEP };
    pages.push((await run(mergeFeeds(db, range, MATCHING_FIELDS)))?.rows ?? []);
  }
  const ends = pages.map((rows) => (rows.length === EVENTS_A_STEP ? (rows.at(-1)?.id ?? 0) : Infinity));
  const end = Math.min(...ends, recovery.to_event_id);
  const told = pages.flat().filter((row) => row.id <= end && isTaken(subscription, row));
  return {
    eventIds: [...new Set(told.map(({ id }) => id))].toSorted((one, other) => one - other),
    cursor: end < recovery.to_event_id ? end : undefined,
  };
}

function isTaken(subscription: SubscriptionRow, row: Pick<EventWithoutData, "type" | "allowed_groups">): boolean {
  return reasonNotTaken(subscription, { type: row.type, allowed_groups: allowedGroupsOf(row) }) === undefined;
}
