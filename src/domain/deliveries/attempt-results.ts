import type { ClaimedDelivery } from "../../store/deliveries/claim-deliveries.ts";
import type { EndpointHealthDelta, Settlement } from "../../store/settlement.ts";
import type { Attempt } from "./attempt-message.ts";
import type { Dispatch } from "./dispatches.ts";

/** A claimed delivery that goes back to the queue without an attempt. */
export interface Release {
  deliveryId: number;
  /** Seconds until the hint arrives. */
  delaySeconds: number;
  /** The queue that carries the hint. */
  queue: "first" | "retry";
  /** True if no consumer should claim the delivery before the hint arrives. */
  isDueLater?: boolean;
}

export interface ResultBatch {
  settlements: Settlement[];
  released: Release[];
  healthDeltas: EndpointHealthDelta[];
}

/** Collects the results of a consumer's attempts until they are settled. */
export class AttemptResults {
  #batch = emptyBatch();

  settle({ subscriptionId, message }: Dispatch, settlements: Settlement[], attempt: Attempt): void {
    this.#batch.settlements.push(...settlements);
    countAttempt(this.#healthDelta(subscriptionId, message.destination.url), attempt);
  }

  /**
   * Adds the result of a delivery that cannot be sent. This result says nothing about the receiver, but the delivery
   * may have been the probe of an open breaker. The store chooses the next probe only if it gets a health delta, so an
   * empty delta is added. `url` is undefined if the subscription was deleted.
   */
  settleUnsent(settlement: Settlement, url: string | undefined): void {
    this.#batch.settlements.push(settlement);
    if (url !== undefined) this.#healthDelta(settlement.subscriptionId, url);
  }

  /**
   * A delivery that was never attempted, and only found no free connection, goes back to the queue of first attempts.
   */
  release({ deliveries }: Dispatch, delaySeconds: number): void {
    for (const { id, attempt } of deliveries) {
      const queue = attempt === 1 && delaySeconds === 0 ? "first" : "retry";
      this.#batch.released.push({ deliveryId: id, delaySeconds, queue });
    }
  }

  /**
   * Gives back a delivery whose event could not be loaded. It is due again after `delaySeconds`. If it was the probe of
   * an open breaker, the store chooses another probe, because it gets an empty health delta.
   */
  giveBack({ id, subscriptionId, subscription }: ClaimedDelivery, delaySeconds: number): void {
    this.#batch.released.push({ deliveryId: id, delaySeconds, queue: "retry", isDueLater: true });
    if (subscription !== undefined) this.#healthDelta(subscriptionId, subscription.url);
  }

  /** The number of deliveries collected since the last `drain`. */
  get count(): number {
    return this.#batch.settlements.length + this.#batch.released.length;
  }

  /** Returns what was collected since the last call, or undefined if nothing was. */
  drain(): ResultBatch | undefined {
    const [batch, count] = [this.#batch, this.count];
    this.#batch = emptyBatch();
    return count > 0 ? batch : undefined;
  }

  #healthDelta(subscriptionId: number, url: string): EndpointHealthDelta {
    const known = this.#batch.healthDeltas.find((delta) => delta.subscriptionId === subscriptionId);
    if (known !== undefined) return known;
    const delta = { subscriptionId, url, delivered: false, failures: 0, gone: null, notBefore: 0 };
    this.#batch.healthDeltas.push(delta);
    return delta;
  }
}

function emptyBatch(): ResultBatch {
  return { settlements: [], released: [], healthDeltas: [] };
}

/**
 * A message counts as one attempt, even if it carries several deliveries. A refused message says nothing about its
 * destination.
 */
function countAttempt(delta: EndpointHealthDelta, { report: { outcome }, endedAt }: Attempt): void {
  switch (outcome.kind) {
    case "delivered":
      delta.delivered = true;
      delta.failures = 0;
      return;
    case "refused":
      return;
    case "gone":
      delta.failures += 1;
      delta.gone = outcome.reason;
      return;
    case "retry":
      delta.failures += 1;
      delta.notBefore = Math.max(delta.notBefore, endedAt + (outcome.afterSeconds ?? 0) * 1000);
  }
}
