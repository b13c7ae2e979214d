import type { Context } from "../../context.ts";
import { errorFields } from "../../log.ts";
import { findReleasing, releaseHeld } from "../../store/deliveries/release-held.ts";
import { sweepDueDeliveries } from "./sweep-deliveries.ts";

const SUBSCRIPTIONS_AT_ONCE = 20;
const RELEASES_A_STEP = 500;
const MAX_STEPS = 20;

/**
 * Releases what is held for subscriptions that take deliveries again, each in its turn and in bounded steps; what is
 * left over waits for the next sweep.
 */
export async function releaseDeliveries({ db, now, log }: Context): Promise<void> {
  let waiting = await findReleasing(db, SUBSCRIPTIONS_AT_ONCE);
  let total = 0;
  for (let step = 0; step < MAX_STEPS && waiting.length > 0; step += waiting.length) {
    const unfinished: number[] = [];
    for (const subscriptionId of waiting) {
      const released = await releaseHeld(db, { subscriptionId, now: now(), limit: RELEASES_A_STEP });
      total += released;
      if (released === RELEASES_A_STEP) unfinished.push(subscriptionId);
    }
    waiting = unfinished;
  }
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
