import type { Context } from "../context.ts";
import { errorFields } from "../log.ts";
import type { Hint } from "../queue/hints.ts";
import { purgeIdempotencyKeys } from "../store/idempotency.ts";
import { sweepDeliveriesSoon, takeOverdueDeliveries, type OverdueDelivery } from "../store/sweep-deliveries.ts";
import { hintDeliveries } from "./hint-deliveries.ts";
import { HINT_GRACE_MS } from "./schedule.ts";

const HINTS_A_STEP = 500;
const KEYS_A_STEP = 2_000;
const MAX_STEPS = 20;

/** Each minute: hints what the queue forgot, and forgets old idempotency keys. One that fails leaves the other be. */
export async function sweep(context: Context): Promise<void> {
  await orLog(context, "sweep_deliveries", sweepDeliveries);
  await orLog(context, "purge_keys", purgeKeys);
}

/** For deliveries that have just become due: does not wait for the minute to pass. */
export async function sweepDueNow(context: Context): Promise<void> {
  await orLog(context, "sweep_deliveries", sweepDeliveries);
}

async function orLog(context: Context, name: string, task: (context: Context) => Promise<void>): Promise<void> {
  try {
    await task(context);
  } catch (error) {
    context.log({ event: "sweep_failed", task: name, ...errorFields(error) });
  }
}

/**
 * Sends the hint again for every delivery that is overdue: its hint was lost, its consumer died, or it waits longer
 * than a queue can. In bounded steps; what is left over is swept a minute later.
 */
async function sweepDeliveries(context: Context): Promise<void> {
  let hinted = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    const now = context.now();
    const overdue = await takeOverdueDeliveries(context.db, {
      now,
      nextSweepAt: now + HINT_GRACE_MS,
      limit: HINTS_A_STEP,
    });
    if (overdue.length > 0) await hintOverdue(context, overdue);
    hinted += overdue.length;
    if (overdue.length < HINTS_A_STEP) break;
  }
  if (hinted > 0) context.log({ event: "sweep", hinted });
}

/** A hint that no consumer could take has told nothing of its delivery: the next sweep sends it anew. */
export async function sweepSoon({ db, now }: Context, ids: number[]): Promise<void> {
  await sweepDeliveriesSoon(db, ids, now());
}

async function hintOverdue(context: Context, overdue: OverdueDelivery[]): Promise<void> {
  const attempted = overdue.filter(({ attempts }) => attempts > 0);
  await hintDeliveries(context, "first", hintsOf(overdue.filter(({ attempts }) => attempts === 0)));
  await hintDeliveries(context, "retry", hintsOf(attempted));
}

function hintsOf(deliveries: OverdueDelivery[]): Hint[] {
  return deliveries.map(({ id }) => ({ deliveryId: id }));
}

async function purgeKeys({ db, now }: Context): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    if ((await purgeIdempotencyKeys(db, now(), KEYS_A_STEP)) < KEYS_A_STEP) return;
  }
}
