import type { AttemptReport } from "../../channels/message.ts";
import type { Context } from "../../context.ts";
import { MAX_DELAY_SECONDS } from "../hint-deliveries.ts";
import type { DeliveryState } from "../../schemas/delivery.ts";
import type { ClaimedDelivery } from "../../store/deliveries/claim-deliveries.ts";
import type { Settlement } from "../../store/settlement.ts";
import type { DeliveryPolicy } from "./delivery-policy.ts";
import { waitAfter } from "./schedule.ts";
import { HINT_GRACE_MS } from "../hint-deliveries.ts";
import { runNumber } from "./dispatches.ts";

/** An attempt that was made, in milliseconds since 1970. */
export interface Attempt {
  report: AttemptReport;
  startedAt: number;
  endedAt: number;
}

/** What becomes of a delivery after an attempt of the message that carried it. */
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
    case "gone": // held with all others of its subscription; it stays pending, and due, where the URL has changed meanwhile
      return { state: "pending", nextAttemptAt: now, sweepAt: now };
    case "retry": {
      const waitSeconds = waitAfter(schedule, runNumber(delivery), random, outcome.afterSeconds);
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
