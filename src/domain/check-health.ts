import { AppError } from "../errors.ts";
import { ping, type Database } from "../store/database.ts";

/** @throws AppError `unavailable` where D1 does not answer. */
export async function checkHealth(db: Database): Promise<void> {
  try {
    await ping(db);
  } catch (cause) {
    throw new AppError("unavailable", "The database does not answer.", { cause, headers: { "Retry-After": "5" } });
  }
}
