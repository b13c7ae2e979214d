import type { Context } from "../context.ts";
import { MAX_DELAY_SECONDS, type Hint } from "../queue/hints.ts";
import {
  claimDeliveries,
  type ClaimedDelivery,
  type Lease,
  type UnclaimedDelivery,
} from "../store/claim-deliveries.ts";
import { settleDeliveries, type Settlement } from "../store/settle-deliveries.ts";
import { attemptDelivery } from "./attempt-delivery.ts";
import { deliveryPolicy, type DeliveryPolicy } from "./delivery-policy.ts";
import { hintDeliveries } from "./hint-deliveries.ts";
import { runInLanes } from "./lanes.ts";
import { HINT_GRACE_MS } from "./schedule.ts";

const MIN_LEASE_SECONDS = 30;
/** What an attempt may take beyond its timeout, and the settling after it. */
const MARGIN_SECONDS = 5;
/** Before deliveries are tried again that were given back without an attempt. */
const RELEASE_DELAY_SECONDS = 10;

/**
 * Attempts those of `ids` that are due and that nobody else has, and settles what comes of it: one D1 round trip to
 * claim, one to settle. Hints are only hints: one too early goes back to the queue, one for a delivery that is settled,
 * held, cancelled or leased is dropped.
 */
export async function attemptDeliveries(context: Context, ids: number[]): Promise<void> {
  const policy = deliveryPolicy(context.config); // before the claim: a bad variable must not use attempts up
  const lease = newLease(context, policy);
  const { claimed, unclaimed } = await claimDeliveries(context.db, ids, lease);
  const early = earlyHints(unclaimed, lease.startsAt);
  if (claimed.length === 0) return hintDeliveries(context, "retry", early);

  const { settlements, released } = await attemptAll(context, policy, claimed, lease);
  const now = context.now();
  await settleDeliveries(context.db, {
    leaseToken: lease.token,
    settlements,
    released: { ids: released, sweepAt: now + HINT_GRACE_MS },
    now,
  });
  await hintDeliveries(context, "retry", [
    ...early,
    ...settlements.flatMap((settlement) => retryHint(settlement, now)),
    ...released.map((deliveryId) => ({ deliveryId, delaySeconds: RELEASE_DELAY_SECONDS })),
  ]);
}

function newLease({ now, uuid }: Context, { timeoutSeconds }: DeliveryPolicy): Lease {
  const seconds = Math.max(MIN_LEASE_SECONDS, 2 * timeoutSeconds);
  const startsAt = now();
  return { token: uuid(), startsAt, endsAt: startsAt + seconds * 1000 };
}

/**
 * After a timeout, and when the destination is gone, the rest of that subscription is given back; and so is what the
 * lease is too short for.
 */
async function attemptAll(context: Context, policy: DeliveryPolicy, claimed: ClaimedDelivery[], lease: Lease) {
  const lastStart = lease.endsAt - (policy.timeoutSeconds + MARGIN_SECONDS) * 1000;
  const settlements: Settlement[] = [];
  const released: number[] = [];
  const stopped = new Set<number>();
  await runInLanes(
    claimed,
    ({ subscriptionId }) => subscriptionId,
    async (delivery) => {
      if (stopped.has(delivery.subscriptionId) || context.now() > lastStart) {
        released.push(delivery.id);
        return;
      }
      const { settlement, timedOut } = await attemptDelivery(context, policy, delivery);
      if (timedOut || settlement.attempt.outcome === "gone") stopped.add(delivery.subscriptionId);
      settlements.push(settlement);
    },
  );
  return { settlements, released };
}

function earlyHints(unclaimed: UnclaimedDelivery[], now: number): Hint[] {
  return unclaimed
    .filter(({ state, next_attempt_at }) => state === "pending" && next_attempt_at > now)
    .flatMap(({ id, next_attempt_at }) => delayedHint(id, next_attempt_at - now));
}

function retryHint({ deliveryId, state, nextAttemptAt }: Settlement, now: number): Hint[] {
  return state === "pending" && nextAttemptAt !== null ? delayedHint(deliveryId, nextAttemptAt - now) : [];
}

/** None for what waits longer than a queue can: the sweep hints that. */
function delayedHint(deliveryId: number, delayMs: number): Hint[] {
  const delaySeconds = Math.max(0, Math.ceil(delayMs / 1000));
  return delaySeconds > MAX_DELAY_SECONDS ? [] : [{ deliveryId, delaySeconds }];
}
