import type { Context } from "../context.ts";

/** Waits until `work` ends, with or without an error, but at most this time. Returns true if `work` has ended. */
export async function endsWithin(
  { wait }: Pick<Context, "wait">,
  work: Promise<void>,
  milliseconds: number,
): Promise<boolean> {
  const waiting = new AbortController();
  const ended = work.then(
    () => true,
    () => true,
  );
  const hasEnded = await Promise.race([ended, wait(milliseconds, waiting.signal).then(() => false)]);
  waiting.abort();
  return hasEnded;
}
