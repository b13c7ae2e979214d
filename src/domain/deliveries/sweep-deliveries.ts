import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import {
  claimOverdueDeliveries,
  markForSweep,
  measureBacklog,
  type OverdueDelivery,
} from "../../store/deliveries/overdue-deliveries.ts";
import { listReleasableSubscriptions, postponeRelease, releaseHeld } from "../../store/deliveries/release-held.ts";
import {
  cancelDeliveries,
  listDeletedSubscriptions,
  postponeCancelling,
} from "../../store/subscriptions/deleted-subscriptions.ts";
import { HINT_GRACE_MS, hintDeliveries, type Hint } from "../hint-deliveries.ts";
import { takeTurns } from "../take-turns.ts";

const DELIVERIES_A_STEP = 500;
const MAX_STEPS = 20;
const SUBSCRIPTIONS_AT_ONCE = 20;

/**
 * Sends the hint again for each overdue delivery: its hint was lost, its consumer died, or its wait is longer than a
 * queue can delay a message. The number of steps is limited; the next sweep continues.
 */
export async function sweepDueDeliveries(context: Context): Promise<void> {
  let hinted = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    const now = context.now();
    const overdue = await claimOverdueDeliveries(context.db, {
      now,
      nextSweepAt: now + HINT_GRACE_MS,
      limit: DELIVERIES_A_STEP,
    });
    if (overdue.length === 0) break; // a step may find fewer than its limit although more are left: each project has a share
    await hintOverdue(context, overdue);
    hinted += overdue.length;
  }
  if (hinted > 0) context.log({ event: "sweep_hinted", deliveries: hinted });
}

/** Lets the next sweep send these hints again, because no consumer could handle them. */
export async function sweepSoon({ db, now }: Context, ids: number[]): Promise<void> {
  await markForSweep(db, ids, now());
}

/** Logs how many deliveries are due without an attempt in progress, and for how long the oldest has been due. */
export async function logBacklog({ db, now, log }: Context): Promise<void> {
  const { due, isMore, oldestDueAt } = await measureBacklog(db, now());
  const oldest_due_seconds = oldestDueAt === null ? 0 : Math.floor((now() - oldestDueAt) / 1000);
  log({ event: "backlog", due, is_more: isMore, oldest_due_seconds });
}

async function hintOverdue(context: Context, overdue: OverdueDelivery[]): Promise<void> {
  const inTurns = orderByTurns(overdue);
  const attempted = inTurns.filter(({ attempts }) => attempts > 0);
  await hintDeliveries(context, "first", toHints(inTurns.filter(({ attempts }) => attempts === 0)));
  await hintDeliveries(context, "retry", toHints(attempted));
}

/**
 * The first delivery of each project, then the second of each, and so on. So each batch of the queue has deliveries of
 * many projects.
 */
function orderByTurns(deliveries: OverdueDelivery[]): OverdueDelivery[] {
  const ofProjects = [...Map.groupBy(deliveries, ({ project }) => project).values()];
  const longest = Math.max(...ofProjects.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => ofProjects.flatMap((one) => one.slice(turn, turn + 1))).flat();
}

function toHints(deliveries: OverdueDelivery[]): Hint[] {
  return deliveries.map(({ id }) => ({ deliveryId: id }));
}

/**
 * Releases the held deliveries of enabled subscriptions with a closed breaker. The subscriptions take turns. The number
 * of steps is limited; the next sweep continues.
 */
export async function releaseDeliveries(context: Context): Promise<void> {
  const { db, now, log } = context;
  let total = 0;
  await takeTurns(context, {
    task: "release",
    maxSteps: MAX_STEPS,
    find: (except) => listReleasableSubscriptions(db, except, SUBSCRIPTIONS_AT_ONCE),
    advance: async ({ id }) => {
      total += await releaseHeld(db, { subscriptionId: id, now: now(), limit: DELIVERIES_A_STEP });
    },
    postpone: ({ id }) => postponeRelease(db, id, now()),
  });
  if (total > 0) log({ event: "released", deliveries: total });
}

/** Releases at once, and hints what was released. An error is only logged, because the next sweep does the same. */
export async function releaseNow(context: Context): Promise<void> {
  try {
    await releaseDeliveries(context);
    await sweepDueDeliveries(context);
  } catch (error) {
    context.log({ event: "release_failed", ...errorFields(error) });
  }
}

/** Cancels the waiting deliveries of deleted subscriptions, which take turns. The number of steps is limited. */
export async function cancelDeliveriesOfDeleted(context: Context): Promise<void> {
  const { db, now } = context;
  await takeTurns(context, {
    task: "cancel",
    maxSteps: MAX_STEPS,
    find: (except) => listDeletedSubscriptions(db, except, SUBSCRIPTIONS_AT_ONCE),
    advance: ({ id }) => cancelDeliveries(db, { subscriptionId: id, now: now(), limit: DELIVERIES_A_STEP }),
    postpone: ({ id }) => postponeCancelling(db, id, now()),
  });
}
