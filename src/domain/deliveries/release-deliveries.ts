import type { Context } from "../../context.ts";
import { errorFields } from "../../lib/log.ts";
import { listReleasableSubscriptions, postponeRelease, releaseHeld } from "../../store/deliveries/release-held.ts";
import { sweepDueDeliveries } from "./sweep-deliveries.ts";
import { takeTurns } from "../take-turns.ts";

const SUBSCRIPTIONS_AT_ONCE = 20;
const RELEASES_A_STEP = 500;
const MAX_STEPS = 20;

/**
 * Releases what is held for subscriptions that take deliveries again, each in its turn and in bounded steps; what is
 * left over waits for the next sweep.
 */
export async function releaseDeliveries(context: Context): Promise<void> {
  const { db, now, log } = context;
  let total = 0;
  await takeTurns(context, {
    task: "release",
    maxSteps: MAX_STEPS,
    find: (except) => listReleasableSubscriptions(db, except, SUBSCRIPTIONS_AT_ONCE),
    advance: async ({ id }) => {
      total += await releaseHeld(db, { subscriptionId: id, now: now(), limit: RELEASES_A_STEP });
    },
    postpone: ({ id }) => postponeRelease(db, id, now()),
  });
  if (total > 0) log({ event: "released", deliveries: total });
}

/** For what has just become ready: does not wait for the minute to pass. Handles its own failure: the sweep comes anyway. */
export async function releaseNow(context: Context): Promise<void> {
  try {
    await releaseDeliveries(context);
    await sweepDueDeliveries(context);
  } catch (error) {
    context.log({ event: "release_failed", ...errorFields(error) });
  }
}
