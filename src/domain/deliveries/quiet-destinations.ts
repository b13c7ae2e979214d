const MAX_DESTINATIONS = 1000;

/**
 * The destinations that asked to be left alone, as far as this isolate has heard it: what waits for one here need not
 * ask it again to hear the same. Nothing depends on it between isolates; Slack's gates are in D1.
 */
export class QuietDestinations {
  /** Milliseconds since 1970, by destination, the one heard last at the end. */
  readonly #quietUntil = new Map<string, number>();

  note(destination: string, until: number): void {
    const latest = Math.max(until, this.#quietUntil.get(destination) ?? 0);
    this.#quietUntil.delete(destination);
    this.#quietUntil.set(destination, latest);
    const [oldest] = this.#quietUntil.keys();
    if (this.#quietUntil.size > MAX_DESTINATIONS && oldest !== undefined) this.#quietUntil.delete(oldest);
  }

  /** How long it wants to be left alone still; 0 where it does not. */
  millisecondsLeft(destination: string, now: number): number {
    const left = (this.#quietUntil.get(destination) ?? now) - now;
    if (left > 0) return left;
    this.#quietUntil.delete(destination);
    return 0;
  }
}
