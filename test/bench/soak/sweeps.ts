import { scheduler } from "node:timers/promises";
import type { Workerd } from "../history/workerd.ts";

export interface Sweeps extends AsyncDisposable {
  /** Sets the time between two sweeps from now on. */
  every(seconds: number): void;
}

/** Runs the sweep again and again, one at a time. */
export function startSweeps(workerd: Workerd, seconds: number): Sweeps {
  const ended = new AbortController();
  let next = new AbortController();
  let interval = seconds;
  const run = async () => {
    while (!ended.signal.aborted) {
      const signal = AbortSignal.any([ended.signal, next.signal]);
      await scheduler.wait(1000 * interval, { signal }).catch(() => undefined);
      if (!ended.signal.aborted) await workerd.sweep();
    }
  };
  const running = run();
  return {
    every(other) {
      interval = other;
      next.abort();
      next = new AbortController();
    },
    async [Symbol.asyncDispose]() {
      ended.abort();
      await running;
    },
  };
}
