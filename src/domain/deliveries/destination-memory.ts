import { BoundedMap } from "../../lib/bounded-map.ts";

const BOUNDS = { maxEntries: 1000, maxBytes: Infinity, estimateBytes: () => 0 };
/** A receiver that takes longer to respond is slow: others come before it. */
const SLOW_MS = 250;

/** The last attempt at a destination. Times are milliseconds since 1970; no end means that it has not ended. */
interface LastAttempt {
  startedAt: number;
  endedAt?: number;
}

/**
 * What this isolate has observed of destinations lately. It only saves requests and puts deliveries in order: another
 * isolate may have observed something else. What must hold between isolates is in D1 (breakers, Slack's gates).
 */
export class DestinationMemory {
  /** Milliseconds since 1970: until when a destination asked for no more requests (`Retry-After`). */
  readonly #quietUntil = new BoundedMap<number>(BOUNDS);
  readonly #attempts = new BoundedMap<LastAttempt>(BOUNDS);

  noteQuiet(destination: string, until: number): void {
    this.#quietUntil.set(destination, Math.max(until, this.#quietUntil.get(destination) ?? 0));
  }

  /** How long the destination still wants no requests; 0 if it takes them. */
  quietMs(destination: string, now: number): number {
    return Math.max(0, (this.#quietUntil.get(destination) ?? now) - now);
  }

  /** A slow receiver counts as slow until another attempt has ended. */
  noteStart(destination: string, startedAt: number): void {
    if (!this.isSlow(destination, startedAt)) this.#attempts.set(destination, { startedAt });
  }

  noteEnd(destination: string, attempt: Required<LastAttempt>): void {
    this.#attempts.set(destination, attempt);
  }

  /** How long the last attempt took, or has taken until now; undefined if none is known. */
  lastAttempt(destination: string, now: number): { tookMs: number; hasEnded: boolean } | undefined {
    const last = this.#attempts.get(destination);
    return last && { tookMs: (last.endedAt ?? now) - last.startedAt, hasEnded: last.endedAt !== undefined };
  }

  isSlow(destination: string, now: number): boolean {
    return (this.lastAttempt(destination, now)?.tookMs ?? 0) >= SLOW_MS;
  }
}
