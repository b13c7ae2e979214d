import type { AttemptReport } from "../../channels/message.ts";
import type { Context } from "../../context.ts";
import type { DeliveryState } from "../../schemas/delivery.ts";
import type { ClaimedDelivery, Lease } from "../../store/deliveries/claim-deliveries.ts";
import { settleDeliveries, type SettlementBatch } from "../../store/deliveries/settle-deliveries.ts";
import type { Settlement } from "../../store/settlement.ts";
import {
  delayedHint,
  hintDeliveries,
  HINT_GRACE_MS,
  hintRelease,
  MAX_DELAY_SECONDS,
  type Hint,
} from "../hint-deliveries.ts";
import type { Attempt } from "./attempt-message.ts";
import type { Release, ResultBatch } from "./attempt-results.ts";
import { probeWaits, waitAfter, type DeliveryPolicy } from "./delivery-policy.ts";
import { numberInRun } from "./dispatches.ts";

const SETTLE_AGAIN_AFTER_MS = 1000;

/** A consumer's work on one batch of hints. */
export interface Run {
  context: Context;
  policy: DeliveryPolicy;
  lease: Lease;
}

/** The number of deliveries that reached each state, and the number of released deliveries. */
export type Counts = Record<string, number>;

/**
 * Settles a part of a run's results. Sends hints for the deliveries that are to be attempted again (retries, released
 * ones, probes), and a release hint if held deliveries can be released.
 */
export async function settleAttempts({ context, policy, lease }: Run, batch: ResultBatch | undefined): Promise<Counts> {
  if (batch === undefined) return {};
  const { settlements, released, healthDeltas } = batch;
  const now = context.now();
  const { probes, hasReleases } = await settleInTwoTries(context, {
    lease,
    settlements,
    released: released.map(({ deliveryId, delaySeconds, isDueLater = false }) => {
      const hintedAt = now + delaySeconds * 1000;
      return { deliveryId, sweepAt: hintedAt + HINT_GRACE_MS, ...(isDueLater && { dueAt: hintedAt }) };
    }),
    healthDeltas,
    probing: { waitsMs: probeWaits(policy.retrySchedule, context.random), graceMs: HINT_GRACE_MS },
    now,
  });
  const probing = new Set(probes.map(({ id }) => id));
  const hints = [
    ...settlements.filter(({ deliveryId }) => !probing.has(deliveryId)).flatMap((one) => retryHint(one, now)),
    ...releaseHints(released, "retry"),
    ...probes.flatMap(({ id, next_attempt_at }) => delayedHint(id, next_attempt_at - now)),
  ];
  // Not awaited, so that the acknowledgement of the batch does not wait for another queue.
  context.background(hintDeliveries(context, "retry", hints));
  context.background(hintDeliveries(context, "first", releaseHints(released, "first")));
  if (hasReleases) context.background(hintRelease(context));
  return { ...countStates(settlements), released: released.length };
}

/** Tries twice, because without a settlement the receiver gets the same deliveries again. */
async function settleInTwoTries({ db, wait }: Context, batch: SettlementBatch) {
  try {
    return await settleDeliveries(db, batch);
  } catch {
    await wait(SETTLE_AGAIN_AFTER_MS);
    return settleDeliveries(db, batch);
  }
}

function releaseHints(released: Release[], queue: Release["queue"]): Hint[] {
  const toQueue = released.filter((release) => release.queue === queue);
  return toQueue.flatMap(({ deliveryId, delaySeconds }) => delayedHint(deliveryId, delaySeconds * 1000));
}

function retryHint({ deliveryId, state, nextAttemptAt }: Settlement, now: number): Hint[] {
  return state === "pending" && nextAttemptAt !== null ? delayedHint(deliveryId, nextAttemptAt - now) : [];
}

function countStates(settlements: Settlement[]): Counts {
  return settlements.reduce<Counts>((counts, { state }) => addCounts(counts, { [state]: 1 }), {});
}

export function addCounts(one: Counts, other: Counts): Counts {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...names].map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

/**
 * Makes the settlement of a delivery after an attempt to send its message: its new state, and the attempt to record.
 */
export function toSettlement(
  { random }: Pick<Context, "random">,
  { retrySchedule }: DeliveryPolicy,
  delivery: ClaimedDelivery,
  { report, startedAt, endedAt }: Attempt,
): Settlement {
  return {
    deliveryId: delivery.id,
    subscriptionId: delivery.subscriptionId,
    ...nextState(random, retrySchedule, delivery, report, endedAt),
    attempt: {
      number: delivery.attempt,
      startedAt,
      durationMs: endedAt - startedAt,
      outcome: report.outcome.kind,
      status: report.status ?? null,
      reason: report.outcome.kind === "delivered" ? null : report.outcome.reason,
      response: report.response ?? null,
    },
  };
}

type NextStep = Pick<Settlement, "state" | "nextAttemptAt" | "sweepAt">;

function nextState(
  random: () => number,
  schedule: readonly number[],
  delivery: ClaimedDelivery,
  { outcome }: AttemptReport,
  now: number,
): NextStep {
  switch (outcome.kind) {
    case "delivered":
      return settled("delivered");
    case "refused":
      return settled(delivery.isSubscriptionThere ? "failed" : "cancelled");
    // The store disables the subscription, and holds this delivery with the others. If the URL has been changed, the
    // delivery stays due.
    case "gone":
      return { state: "pending", nextAttemptAt: now, sweepAt: now };
    case "retry": {
      const waitSeconds = waitAfter(schedule, numberInRun(delivery), random, outcome.afterSeconds);
      return waitSeconds === undefined ? settled("failed") : pendingFor(waitSeconds, now);
    }
  }
}

function pendingFor(waitSeconds: number, now: number): NextStep {
  const nextAttemptAt = now + waitSeconds * 1000;
  const isHinted = waitSeconds <= MAX_DELAY_SECONDS;
  return { state: "pending", nextAttemptAt, sweepAt: isHinted ? nextAttemptAt + HINT_GRACE_MS : nextAttemptAt };
}

function settled(state: DeliveryState): NextStep {
  return { state, nextAttemptAt: null, sweepAt: null };
}

/** Logs one line for an attempt. Only the origin of the URL is logged, because the rest is a secret. */
export function logAttempt({ log }: Context, settlement: Settlement, url?: string): void {
  const { attempt } = settlement;
  log({
    event: "attempt",
    delivery: settlement.deliveryId,
    subscription: settlement.subscriptionId,
    attempt: attempt.number,
    outcome: attempt.outcome,
    state: settlement.state,
    status: attempt.status,
    reason: attempt.reason,
    duration_ms: attempt.durationMs,
    origin: url === undefined ? null : (URL.parse(url)?.origin ?? null),
  });
}
