import type { AttemptReport } from "../../channels/message.ts";
import type { Settlement, EndpointHealthDelta } from "../../store/settlement.ts";
import type { Dispatch } from "./dispatches.ts";

/** What is given back without an attempt, and how long it shall wait. */
interface Release {
  deliveryId: number;
  delaySeconds: number;
}

export interface ResultBatch {
  settlements: Settlement[];
  released: Release[];
  healthDeltas: EndpointHealthDelta[];
}

/** What a consumer has found out and not settled yet. */
export class AttemptResults {
  #part: ResultBatch = { settlements: [], released: [], healthDeltas: [] };

  /** `endedAt`: milliseconds since 1970. */
  settle(
    { subscriptionId, message }: Dispatch,
    settlements: Settlement[],
    report: AttemptReport,
    endedAt: number,
  ): void {
    this.#part.settlements.push(...settlements);
    note(this.#verdictOn(subscriptionId, message.destination.url), report, endedAt);
  }

  /**
   * What could not be sent at all says nothing of its subscription, whose `url` is undefined where it vanished. But it
   * may have been the probe of an open breaker, and a healthDelta is what has another chosen.
   */
  settleUnsent(settlement: Settlement, url: string | undefined): void {
    this.#part.settlements.push(settlement);
    if (url !== undefined) this.#verdictOn(settlement.subscriptionId, url);
  }

  giveBack({ deliveries }: Dispatch, delaySeconds: number): void {
    this.#part.released.push(...deliveries.map(({ id }) => ({ deliveryId: id, delaySeconds })));
  }

  /** How many deliveries it holds. */
  get count(): number {
    return this.#part.settlements.length + this.#part.released.length;
  }

  /** Undefined where there is nothing. */
  drain(): ResultBatch | undefined {
    const [part, count] = [this.#part, this.count];
    this.#part = { settlements: [], released: [], healthDeltas: [] };
    return count > 0 ? part : undefined;
  }

  /** One that says nothing yet, where there is none. */
  #verdictOn(subscriptionId: number, url: string): EndpointHealthDelta {
    const known = this.#part.healthDeltas.find((healthDelta) => healthDelta.subscriptionId === subscriptionId);
    if (known !== undefined) return known;
    const healthDelta = { subscriptionId, url, delivered: false, failures: 0, gone: null, notBefore: 0 };
    this.#part.healthDeltas.push(healthDelta);
    return healthDelta;
  }
}

/** A message counts once, whatever it carries. One that is refused is at fault itself, and not its destination. */
function note(healthDelta: EndpointHealthDelta, { outcome }: AttemptReport, endedAt: number): void {
  switch (outcome.kind) {
    case "delivered":
      healthDelta.delivered = true;
      healthDelta.failures = 0;
      return;
    case "refused":
      return;
    case "gone":
      healthDelta.failures += 1;
      healthDelta.gone = outcome.reason;
      return;
    case "retry":
      healthDelta.failures += 1;
      healthDelta.notBefore = Math.max(healthDelta.notBefore, endedAt + (outcome.afterSeconds ?? 0) * 1000);
  }
}
