import { TidingsError } from "./tidings-error.ts";

const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
const MAX_TIMER_MS = 2 ** 31 - 1; // for a longer time, setTimeout fires at once

export interface Clock {
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1, like `Math.random`. */
  random: () => number;
}

/** Repeats `attempt` after transient failures, at most `maxRetries` times. @throws the last failure */
export async function withRetries<Result>(
  { wait: pause, random }: Clock,
  maxRetries: number,
  signal: AbortSignal,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TidingsError && error.isTransient) || failures >= maxRetries) throw error;
      await pause((error.retryAfterSeconds ?? 0) * 1000 + backoffMs(failures, random), signal);
    }
  }
}

/** Doubles with each failure. Half of it is random, so that clients that failed together do not retry together. */
function backoffMs(failures: number, random: () => number): number {
  return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** failures) * (0.5 + random() / 2);
}

/** `Clock.wait` with `setTimeout`. The timer is cleared when the signal aborts. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(end, Math.min(ms, MAX_TIMER_MS));
    signal.addEventListener("abort", end);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(signal.reason as Error); // usually an error, but a caller may abort with any value
      else resolve();
    }
  });
}

/** Runs `action` with a signal that aborts with `outer`, or after `ms`. Then removes the timer and the listener. */
export async function withTimeout<Result>(
  ms: number,
  outer: AbortSignal,
  action: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  outer.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(outer.reason);
  const timer = setTimeout(() => controller.abort(new DOMException(`No response in ${ms} ms.`, "TimeoutError")), ms);
  outer.addEventListener("abort", stop);
  try {
    return await action(controller.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", stop);
  }
}
