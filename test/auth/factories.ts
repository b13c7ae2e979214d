import { Config } from "../../src/config.ts";
import type { Context } from "../../src/context.ts";
import { AppError } from "../../src/errors.ts";

export const SECRET = "a-test-secret-of-more-than-32-bytes";
export const NOW_SECONDS = 1_800_000_000;

export function configWith(variables: Partial<Env>): Config {
  return new Config(variables);
}

/** The part of a context that reads tokens. Without `fetch`, there is no network. The clock stands still. */
export function contextWith(
  variables: Partial<Env>,
  fetch: Context["fetch"] = () => Promise.reject(new TypeError("There is no network here")),
): Pick<Context, "config" | "now" | "fetch"> {
  return { config: configWith(variables), now: () => NOW_SECONDS * 1000, fetch };
}

export function requestWith(
  headers: Record<string, string>,
  method = "GET",
  url = "https://tidings.example/",
): Request {
  return new Request(url, { method, headers });
}

/** Returns the AppError with which `work` fails. Any other error fails the test, and so does a success. */
export async function refusalOf(work: () => unknown): Promise<Pick<AppError, "code" | "message" | "headers">> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message, headers: error.headers };
    throw error;
  }
  throw new Error("It was not refused");
}
