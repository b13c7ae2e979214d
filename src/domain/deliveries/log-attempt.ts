import type { Context } from "../../context.ts";
import type { Settlement } from "../../store/settlement.ts";

/** One line an attempt. Of the URL, its origin: the rest is a secret. */
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
    origin: url !== undefined && URL.canParse(url) ? new URL(url).origin : null,
  });
}
