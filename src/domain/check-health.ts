import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { ping } from "../store/database.ts";

const PATIENCE_MS = 5_000;

type HealthContext = Pick<Context, "config" | "db" | "wait">;

/** @throws AppError `misconfigured`, for the first variable that is bad or missing; `unavailable`, if D1 does not respond. */
export async function checkHealth({ config, db, wait }: HealthContext): Promise<void> {
  config.requireValid();
  const isDone = new AbortController();
  try {
    await Promise.race([ping(db), failAfterPatience(wait, isDone.signal)]);
  } catch (cause) {
    throw new AppError("unavailable", "The database does not respond.", { cause, headers: { "Retry-After": "5" } });
  } finally {
    isDone.abort();
  }
}

async function failAfterPatience(wait: HealthContext["wait"], signal: AbortSignal): Promise<never> {
  await wait(PATIENCE_MS, signal);
  throw new Error(`D1 did not answer within ${PATIENCE_MS} ms.`);
}
