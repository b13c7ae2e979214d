import { setTimeout as delay } from "node:timers/promises";

type Task = (signal: AbortSignal) => Promise<unknown>;

/**
 * Runs tasks at the same time. The first task that fails stops the others. Its error is thrown when all tasks have
 * ended.
 */
export async function together(signal: AbortSignal, tasks: Task[]): Promise<void> {
  const failure = new AbortController();
  const any = AbortSignal.any([signal, failure.signal]);
  const run = async (task: Task) => {
    try {
      await task(any);
    } catch (error) {
      failure.abort(error);
    }
  };
  await Promise.all(tasks.map(run));
  any.throwIfAborted();
}

export async function until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
  while (!isTrue()) await delay(5, undefined, { signal });
}
