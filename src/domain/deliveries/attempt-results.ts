import type { AttemptReport } from "../../channels/message.ts";
import type { Settlement, Verdict } from "../../store/deliveries/settlement.ts";
import type { Sending } from "./dispatches.ts";

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
    note(this.#verdictOn(subscriptionId, message.destination.url), report, endedAt);
  }

  /**
   * What could not be sent at all says nothing of its subscription, whose `url` is undefined where it vanished. But it
   * may have been the probe of an open breaker, and a verdict is what has another chosen.
   */
  settleUnsent(settlement: Settlement, url: string | undefined): void {
    this.#part.settlements.push(settlement);
    if (url !== undefined) this.#verdictOn(settlement.subscriptionId, url);
  }

  giveBack({ deliveries }: Sending, delaySeconds: number): void {
    this.#part.released.push(...deliveries.map(({ id }) => ({ deliveryId: id, delaySeconds })));
  }

  /** How many deliveries it holds. */
  get count(): number {
    return this.#part.settlements.length + this.#part.released.length;
  }

  /** Undefined where there is nothing. */
  take(): Part | undefined {
    const [part, count] = [this.#part, this.count];
    this.#part = { settlements: [], released: [], verdicts: [] };
    return count > 0 ? part : undefined;
  }

  /** One that says nothing yet, where there is none. */
  #verdictOn(subscriptionId: number, url: string): Verdict {
    const known = this.#part.verdicts.find((verdict) => verdict.subscriptionId === subscriptionId);
    if (known !== undefined) return known;
    const verdict = { subscriptionId, url, delivered: false, failures: 0, gone: null, notBefore: 0 };
    this.#part.verdicts.push(verdict);
    return verdict;
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
