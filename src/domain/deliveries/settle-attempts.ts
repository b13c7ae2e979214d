import type { Context } from "../../context.ts";
import type { Hint } from "../hint-deliveries.ts";
import type { Lease } from "../../store/deliveries/claim-deliveries.ts";
import { settleDeliveries, type SettlementBatch } from "../../store/deliveries/settle-deliveries.ts";
import type { Settlement } from "../../store/settlement.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import { delayedHint, hintDeliveries, hintRelease } from "../hint-deliveries.ts";
import { probeWaits } from "./schedule.ts";
import { HINT_GRACE_MS } from "../hint-deliveries.ts";
import type { ResultBatch } from "./attempt-results.ts";

const SETTLE_AGAIN_AFTER_MS = 1000;

/** One consumer's work on the deliveries that it was hinted. */
export interface Run {
  context: Context;
  policy: DeliveryPolicy;
  lease: Lease;
}

/** Deliveries by the state that they came to, and those given back. */
export type Counts = Record<string, number>;

/** Settles a part of a run, and hints what is to be attempted again (its retries, what it gives back, and probes) or released. */
export async function settleAttempts({ context, policy, lease }: Run, part: ResultBatch | undefined): Promise<Counts> {
  if (part === undefined) return {};
  const { settlements, released, healthDeltas } = part;
  const now = context.now();
  const { probes, hasReleases } = await settleInTwoTries(context, {
    lease,
    settlements,
    released: released.map(({ deliveryId, delaySeconds }) => ({
      deliveryId,
      sweepAt: now + delaySeconds * 1000 + HINT_GRACE_MS,
    })),
    healthDeltas,
    probing: { waitsMs: probeWaits(policy.retrySchedule, context.random), graceMs: HINT_GRACE_MS },
    now,
  });
  const probing = new Set(probes.map(({ id }) => id));
  const hints = [
    ...settlements.filter(({ deliveryId }) => !probing.has(deliveryId)).flatMap((one) => retryHint(one, now)),
    ...released.flatMap(({ deliveryId, delaySeconds }) => delayedHint(deliveryId, delaySeconds * 1000)),
    ...probes.flatMap(({ id, next_attempt_at }) => delayedHint(id, next_attempt_at - now)),
  ];
  // Not awaited: the batch's acknowledgement does not wait for another queue.
  context.background(hintDeliveries(context, "retry", hints));
  if (hasReleases) context.background(hintRelease(context));
  return { ...countStates(settlements), released: released.length };
}

/** What is not settled is attempted again, so that its receiver gets it twice: worth a second try. */
async function settleInTwoTries({ db, wait }: Context, batch: SettlementBatch) {
  try {
    return await settleDeliveries(db, batch);
  } catch {
    await wait(SETTLE_AGAIN_AFTER_MS);
    return settleDeliveries(db, batch);
  }
}

function retryHint({ deliveryId, state, nextAttemptAt }: Settlement, now: number): Hint[] {
  return state === "pending" && nextAttemptAt !== null ? delayedHint(deliveryId, nextAttemptAt - now) : [];
}

function countStates(settlements: Settlement[]): Counts {
  return settlements.reduce<Counts>((counts, { state }) => sum(counts, { [state]: 1 }), {});
}

export function sum(one: Counts, other: Counts): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}
