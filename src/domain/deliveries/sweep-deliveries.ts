import type { Context } from "../../context.ts";
import type { Hint } from "../hint-deliveries.ts";
import {
  measureBacklog,
  markForSweep,
  claimOverdueDeliveries,
  type OverdueDelivery,
} from "../../store/deliveries/overdue-deliveries.ts";
import { hintDeliveries } from "../hint-deliveries.ts";
import { HINT_GRACE_MS } from "../hint-deliveries.ts";

const HINTS_A_STEP = 500;
const MAX_STEPS = 20;

/**
 * Sends the hint again for every delivery that is overdue: its hint was lost, its consumer died, or it waits longer
 * than a queue can. In bounded steps; what is left over is swept a minute later.
 */
export async function sweepDueDeliveries(context: Context): Promise<void> {
  let hinted = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    const now = context.now();
    const overdue = await claimOverdueDeliveries(context.db, {
      now,
      nextSweepAt: now + HINT_GRACE_MS,
      limit: HINTS_A_STEP,
    });
    if (overdue.length === 0) break; // fewer than a step: other projects did not use up their shares
    await hintOverdue(context, overdue);
    hinted += overdue.length;
  }
  if (hinted > 0) context.log({ event: "sweep_hinted", deliveries: hinted });
}

/** A hint that no consumer could take has told nothing of its delivery: the next sweep sends it anew. */
export async function sweepSoon({ db, now }: Context, ids: number[]): Promise<void> {
  await markForSweep(db, ids, now());
}

/** Logs how many deliveries are due and not being attempted, and how long the oldest has been. */
export async function logBacklog({ db, now, log }: Context): Promise<void> {
  const { due, isMore, oldestDueAt } = await measureBacklog(db, now());
  const oldest_due_seconds = oldestDueAt === null ? 0 : Math.floor((now() - oldestDueAt) / 1000);
  log({ event: "backlog", due, is_more: isMore, oldest_due_seconds });
}

async function hintOverdue(context: Context, overdue: OverdueDelivery[]): Promise<void> {
  const inTurns = byTurns(overdue);
  const attempted = inTurns.filter(({ attempts }) => attempts > 0);
  await hintDeliveries(context, "first", hintsOf(inTurns.filter(({ attempts }) => attempts === 0)));
  await hintDeliveries(context, "retry", hintsOf(attempted));
}

/** One of each project, then the second of each …: each batch of the queue has some of all. */
function byTurns(deliveries: OverdueDelivery[]): OverdueDelivery[] {
  const ofProjects = [...Map.groupBy(deliveries, ({ project }) => project).values()];
  const longest = Math.max(...ofProjects.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) => ofProjects.flatMap((one) => one.slice(turn, turn + 1))).flat();
}

function hintsOf(deliveries: OverdueDelivery[]): Hint[] {
  return deliveries.map(({ id }) => ({ deliveryId: id }));
}
