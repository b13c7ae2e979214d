import type { Context } from "../../context.ts";
import {
  cancelDeliveries,
  listDeletedSubscriptions,
  postponeCancelling,
} from "../../store/subscriptions/deleted-subscriptions.ts";
import { takeTurns } from "../take-turns.ts";

const SUBSCRIPTIONS_AT_ONCE = 20;
const CANCELS_A_STEP = 500;
const MAX_STEPS = 20;

/** Cancels what still waits for subscriptions that are gone, each in its turn and in bounded steps. */
export async function cancelDeliveriesOfDeleted(context: Context): Promise<void> {
  const { db, now } = context;
  await takeTurns(context, {
    task: "cancel",
    maxSteps: MAX_STEPS,
    find: (except) => listDeletedSubscriptions(db, except, SUBSCRIPTIONS_AT_ONCE),
    advance: ({ id }) => cancelDeliveries(db, { subscriptionId: id, now: now(), limit: CANCELS_A_STEP }),
    postpone: ({ id }) => postponeCancelling(db, id, now()),
  });
}
