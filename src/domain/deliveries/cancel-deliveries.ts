import type { Context } from "../../context.ts";
import { cancelDeliveries, findDeletedSubscriptions } from "../../store/deliveries/cancel-deliveries.ts";

const SUBSCRIPTIONS_AT_ONCE = 20;
const CANCELS_A_STEP = 500;
const MAX_STEPS = 20;

/** Cancels what still waits for subscriptions that are gone, in bounded steps. */
export async function cancelOfDeleted({ db, now }: Context): Promise<void> {
  let steps = 0;
  for (const subscriptionId of await findDeletedSubscriptions(db, SUBSCRIPTIONS_AT_ONCE)) {
    for (let cancelled = CANCELS_A_STEP; cancelled === CANCELS_A_STEP && steps < MAX_STEPS; steps++) {
      cancelled = await cancelDeliveries(db, { subscriptionId, now: now(), limit: CANCELS_A_STEP });
    }
  }
}
