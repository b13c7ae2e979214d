import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { errorFields } from "../../lib/log.ts";
import { parseEventFacts } from "../../schemas/event-json.ts";
import type { Recovery, RecoveryRequest } from "../../schemas/recovery.ts";
import { Decimal } from "../../schemas/text.ts";
import type { Database } from "../../store/database.ts";
import {
  findRecovery,
  insertRecovery,
  listRunningRecoveries,
  postponeRecovery,
  recoverStep,
  type RecoveryRow,
  type RecoveryStep,
} from "../../store/deliveries/recovery-rows.ts";
import { MATCHING_FIELDS } from "../../store/events/page-columns.ts";
import { findSubscription, type SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { requireProjectReader, type Reader } from "../access/roles.ts";
import { scopePath } from "../access/scope-path.ts";
import { subscriptionFeeds } from "../access/visibility.ts";
import type { Reading } from "../archive/reading.ts";
import { fetchMerged } from "../events/fetch-page.ts";
import { HINT_GRACE_MS, hintDeliveries } from "../hint-deliveries.ts";
import { getOwnedRow } from "../subscriptions/owned-row.ts";
import { reasonNotTaken } from "../subscriptions/takes-event.ts";
import { takeTurns } from "../take-turns.ts";
import { nextFailed } from "./next-failed.ts";
import { formatIso } from "../../lib/time.ts";

const RECOVERIES_AT_ONCE = 20;
const EVENTS_A_STEP = 100;
const MAX_STEPS = 50;

/**
 * Starts to send past events of the project to a subscription again: either those with a failed delivery, or all events
 * that the subscription takes, including those from before its creation. The first steps run in the background, and the
 * others in the sweep.
 * @throws AppError `forbidden`; `not-found`; `conflict` while another recovery of the subscription runs.
 */
export async function startRecovery(
  context: Context,
  reader: Reader,
  path: { project: string; id: string },
  { from, which }: RecoveryRequest,
): Promise<Recovery> {
  const { id: subscriptionId, project } = await getOwnedRow(context.db, reader, path);
  const now = context.now();
  const row = await insertRecovery(context.db, { project, subscriptionId, selection: which, fromEventId: from, now });
  if (row === undefined) {
    throw new AppError("conflict", "A recovery of this subscription is running. Start another when it has finished.");
  }
  context.background(recoverNow(context));
  return toRecovery(row);
}

/**
 * Returns a recovery, even if its subscription has been deleted since.
 * @throws AppError `forbidden` without a role in the project; `not-found`.
 */
export async function getRecovery(
  db: Database,
  reader: Reader,
  { project, id, recovery }: { project: string; id: string; recovery: string },
): Promise<Recovery> {
  requireProjectReader(reader, project);
  const row = [id, recovery].every((text) => Decimal.safeParse(text).success)
    ? await findRecovery(db, { project, subscriptionId: Number(id), id: Number(recovery) })
    : undefined;
  if (row === undefined) throw new AppError("not-found", "This subscription has no recovery with this ID.");
  return toRecovery(row);
}

/** Runs the first steps at once. An error is only logged, because the sweep continues the recovery anyway. */
async function recoverNow(context: Context): Promise<void> {
  try {
    await advanceRecoveries(context);
  } catch (error) {
    context.log({ event: "recovery_failed", ...errorFields(error) });
  }
}

/** Advances the running recoveries in turn. The number of steps is limited; the next sweep continues. */
export async function advanceRecoveries(context: Context): Promise<void> {
  const { db, now } = context;
  await takeTurns(context, {
    task: "recover",
    maxSteps: MAX_STEPS,
    find: (except) => listRunningRecoveries(db, except, RECOVERIES_AT_ONCE),
    advance: (recovery) => advance(context, recovery),
    postpone: ({ id }) => postponeRecovery(db, id, now()),
  });
}

async function advance(context: Context, recovery: RecoveryRow): Promise<void> {
  const { db } = context;
  const subscription = await findSubscription(db, recovery.project, recovery.subscription_id);
  const next = subscription === undefined ? NOTHING_LEFT : await nextEvents(context, recovery, subscription);
  const now = context.now();
  const pending = await recoverStep(db, { recovery, ...next, now, sweepAt: now + HINT_GRACE_MS });
  // These hints go to the queue of retries, so that new events do not wait behind past ones.
  await hintDeliveries(
    context,
    "retry",
    pending.map((deliveryId) => ({ deliveryId })),
  );
}

type NextEvents = Pick<RecoveryStep, "eventIds" | "cursor">;

const NOTHING_LEFT: NextEvents = { eventIds: [], cursor: undefined };

async function nextEvents(context: Context, recovery: RecoveryRow, subscription: SubscriptionRow): Promise<NextEvents> {
  switch (recovery.selection) {
    case "failed":
      return nextFailed(context, recovery, subscription);
    case "all":
      return nextOfAll(context, recovery, subscription);
  }
}

/** The next events of the project's two scopes, State and Inventory, up to the last ID that was read in both. */
async function nextOfAll(reading: Reading, recovery: RecoveryRow, subscription: SubscriptionRow): Promise<NextEvents> {
  const pages = [];
  for (const tree of ["state", "inventory"] as const) {
    const scope = scopePath([tree, recovery.project]);
    const cursor = { after: `${recovery.cursor}` };
    const range = { scope, feeds: subscriptionFeeds(subscription), cursor, limit: EVENTS_A_STEP };
    pages.push(await fetchMerged(reading, MATCHING_FIELDS, range));
  }
  const ends = pages.map((rows) => (rows.length === EVENTS_A_STEP ? (rows.at(-1)?.id ?? 0) : Infinity));
  const end = Math.min(...ends, recovery.to_event_id);
  const taken = pages.flat().filter((row) => row.id <= end && isTaken(subscription, row));
  return {
    eventIds: [...new Set(taken.map(({ id }) => id))].toSorted((one, other) => one - other),
    cursor: end < recovery.to_event_id ? end : undefined,
  };
}

/** Returns false if the event was deleted. */
function isTaken(subscription: SubscriptionRow, { facts }: { facts: string | null }): boolean {
  return facts !== null && reasonNotTaken(subscription, parseEventFacts(facts)) === undefined;
}

/** Leaves out `to_event_id`, because it would show that there are events that the reader may not see. */
function toRecovery(row: RecoveryRow): Recovery {
  return {
    id: `${row.id}`,
    subscription_id: `${row.subscription_id}`,
    project: row.project,
    which: row.selection,
    from: `${row.from_event_id}`,
    state: row.finished_at === null ? "running" : "finished",
    recovered: row.recovered,
    created_at: formatIso(row.created_at),
    ...(row.finished_at !== null && { finished_at: formatIso(row.finished_at) }),
  };
}
