const MAX_TIMER_MS = 2 ** 31 - 1; // beyond this setTimeout fires at once

/** Resolves after `ms`. @throws the signal's reason when that aborts; the timer is gone then. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(end, Math.min(ms, MAX_TIMER_MS));
    signal.addEventListener("abort", end);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      if (signal.aborted) reject(signal.reason as Error); // an abort's reason is an error, unless the caller says otherwise
      else resolve();
    }
  });
}

/** Does `action` under a signal that aborts with `outer` or after `ms`. No timer and no listener outlives it. */
export async function within<Result>(
  ms: number,
  outer: AbortSignal,
  action: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  outer.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(outer.reason);
  const timer = setTimeout(() => controller.abort(new DOMException(`No answer in ${ms} ms.`, "TimeoutError")), ms);
  outer.addEventListener("abort", stop);
  try {
    return await action(controller.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", stop);
  }
}
