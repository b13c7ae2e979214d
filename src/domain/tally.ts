import type { AttemptReport } from "../channels/message.ts";
import type { Settlement, Verdict } from "../store/settlement.ts";
import type { Sending } from "./sendings.ts";

/** What is given back without an attempt, and how long it shall wait. */
interface Release {
  deliveryId: number;
  delaySeconds: number;
}

export interface Part {
  settlements: Settlement[];
  released: Release[];
  verdicts: Verdict[];
}

/** What a consumer has found out and not settled yet. */
export class Tally {
  #part: Part = { settlements: [], released: [], verdicts: [] };

  /** `endedAt`: milliseconds since 1970. */
  settle(
    { subscriptionId, message }: Sending,
    settlements: Settlement[],
    report: AttemptReport,
    endedAt: number,
  ): void {
    this.#part.settlements.push(...settlements);
    const known = this.#part.verdicts.find((verdict) => verdict.subscriptionId === subscriptionId);
    const verdict = known ?? {
      subscriptionId,
      url: message.destination.url,
      delivered: false,
      failures: 0,
      gone: null,
      notBefore: 0,
    };
    if (known === undefined) this.#part.verdicts.push(verdict);
    note(verdict, report, endedAt);
  }

  /** Those that could not be sent at all say nothing of their subscriptions. */
  settleUnsent(settlement: Settlement): void {
    this.#part.settlements.push(settlement);
  }

  giveBack({ deliveries }: Sending, delaySeconds: number): void {
    this.#part.released.push(...deliveries.map(({ id }) => ({ deliveryId: id, delaySeconds })));
  }

  /** Undefined where there is nothing. */
  take(): Part | undefined {
    const part = this.#part;
    this.#part = { settlements: [], released: [], verdicts: [] };
    return part.settlements.length + part.released.length > 0 ? part : undefined;
  }
}

/** A message counts once, whatever it carries. One that is refused is at fault itself, and not its destination. */
function note(verdict: Verdict, { outcome }: AttemptReport, endedAt: number): void {
  switch (outcome.kind) {
    case "delivered":
      verdict.delivered = true;
      verdict.failures = 0;
      return;
    case "refused":
      return;
    case "gone":
      verdict.failures += 1;
      verdict.gone = outcome.reason;
      return;
    case "retry":
      verdict.failures += 1;
      verdict.notBefore = Math.max(verdict.notBefore, endedAt + (outcome.afterSeconds ?? 0) * 1000);
  }
}
