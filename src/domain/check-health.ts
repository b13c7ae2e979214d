import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { ping } from "../store/database.ts";

const TIMEOUT_MS = 5_000;

type HealthContext = Pick<Context, "config" | "db" | "wait">;

/**
 * @throws AppError `misconfigured`, for the first variable that is bad or missing; `unavailable`, if D1 does not
 * respond.
 */
export async function checkHealth({ config, db, wait }: HealthContext): Promise<void> {
  config.requireValid();
  const isDone = new AbortController();
  try {
    await Promise.race([ping(db), failAfterTimeout(wait, isDone.signal)]);
  } catch (cause) {
    throw new AppError("unavailable", "The database does not respond.", { cause, headers: { "Retry-After": "5" } });
  } finally {
    isDone.abort();
  }
}

async function failAfterTimeout(wait: HealthContext["wait"], signal: AbortSignal): Promise<never> {
  await wait(TIMEOUT_MS, signal);
  throw new Error(`D1 did not respond within ${TIMEOUT_MS} ms.`);
}
