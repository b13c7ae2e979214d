/** For one isolate. A hint costs at least one query to D1, and covers all events that exist when it arrives. */
const INTERVAL_MS = 2_000;

/** Remembers when this isolate's last hint arrives, so that at most one hint arrives in two seconds. */
export class HintPace {
  #arrivesAt = Number.NEGATIVE_INFINITY;

  /** The delay of a hint that is sent now, or undefined if a hint that was sent before has not arrived yet. */
  nextDelaySeconds(now: number): number | undefined {
    if (this.#arrivesAt > now) return undefined;
    const delaySeconds = Math.max(0, Math.ceil((this.#arrivesAt + INTERVAL_MS - now) / 1000));
    this.#arrivesAt = now + delaySeconds * 1000;
    return delaySeconds;
  }
}
