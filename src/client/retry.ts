import { TidingsError } from "./tidings-error.ts";

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;

/** How time passes. */
export interface Clock {
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1, as `Math.random`. */
  random: () => number;
}

/** Tries again what fails in passing, `maxRetries` times at most. */
export async function withRetries<Result>(
  { wait, random }: Clock,
  maxRetries: number,
  signal: AbortSignal,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TidingsError && error.isPassing) || failures >= maxRetries) throw error;
      await wait((error.retryAfterSeconds ?? 0) * 1000 + backoffMs(failures, random), signal);
    }
  }
}

/** Doubles from failure to failure. Half of it is chance, so that those who failed together do not return together. */
function backoffMs(failures: number, random: () => number): number {
  return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures) * (0.5 + random() / 2);
}
