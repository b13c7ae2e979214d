import { BoundedMap } from "../../lib/bounded-map.ts";

const BOUNDS = { maxEntries: 1000, maxBytes: Infinity, estimateBytes: () => 0 };
/** A receiver that takes this time or longer to respond is slow. */
const SLOW_MS = 250;

/**
 * The last attempt at a destination. Times are milliseconds since 1970. `endedAt` is missing while the attempt runs.
 */
interface LastAttempt {
  startedAt: number;
  endedAt?: number;
}

/** How long an attempt took, or has taken until now if it still runs. */
export interface KnownAttempt {
  tookMs: number;
  hasEnded: boolean;
}

/**
 * What this isolate has observed of destinations. This memory is used only to save requests and to order deliveries,
 * because other isolates may have observed something else. Limits that hold for all isolates are rows in D1 (breakers,
 * Slack gates).
 */
export class DestinationMemory {
  /** For each destination, the end of the pause that it asked for with `Retry-After`, in milliseconds since 1970. */
  readonly #pausedUntil = new BoundedMap<number>(BOUNDS);
  readonly #attempts = new BoundedMap<LastAttempt>(BOUNDS);

  notePause(destination: string, until: number): void {
    this.#pausedUntil.set(destination, Math.max(until, this.#pausedUntil.get(destination) ?? 0));
  }

  /** Milliseconds until the destination's pause ends; 0 without a pause. */
  pauseMs(destination: string, now: number): number {
    return Math.max(0, (this.#pausedUntil.get(destination) ?? now) - now);
  }

  /** Does nothing for a slow receiver, so that the receiver counts as slow until the attempt ends. */
  noteStart(destination: string, startedAt: number): void {
    if (!this.isSlow(destination, startedAt)) this.#attempts.set(destination, { startedAt });
  }

  noteEnd(destination: string, attempt: Required<LastAttempt>): void {
    this.#attempts.set(destination, attempt);
  }

  /** Undefined if no attempt is known. */
  lastAttempt(destination: string, now: number): KnownAttempt | undefined {
    const last = this.#attempts.get(destination);
    return last && { tookMs: (last.endedAt ?? now) - last.startedAt, hasEnded: last.endedAt !== undefined };
  }

  isSlow(destination: string, now: number): boolean {
    return (this.lastAttempt(destination, now)?.tookMs ?? 0) >= SLOW_MS;
  }
}
