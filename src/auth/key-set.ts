import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";

const MAX_AGE_MS = 600_000;
/**
 * Anyone can send a token with an unknown key or a wrong signature. Such tokens cause at most one fetch in this time.
 */
const MIN_FETCH_INTERVAL_MS = 30_000;
const TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

type Network = Pick<Context, "fetch" | "now">;
export type Keys = JWTVerifyGetKey<CryptoKey>;

interface Fetched {
  keys: Keys;
  at: number;
}

/** A JSON Web Key Set (RFC 7517 §5), cached by the isolate. */
export class KeySet {
  readonly #url: URL;
  #fetched: Fetched | undefined;
  #triedAt = -Infinity;

  constructor(url: URL) {
    this.#url = url;
  }

  /**
   * The keys, at most ten minutes old. Accepted limit: while no keys are cached, each request fetches them itself,
   * because on Workers a request cannot wait for the fetch of another request.
   * @throws AppError `unavailable`
   */
  async current({ fetch, now }: Network): Promise<Keys> {
    if (this.#fetched !== undefined && now() < this.#fetched.at + MAX_AGE_MS) return this.#fetched.keys;
    return this.#fetchKeys({ fetch, now });
  }

  /**
   * Fetches the keys again, because no cached key fits a token: the set may have been rotated. Returns undefined if the
   * keys were fetched in the last 30 seconds.
   * @throws AppError `unavailable`, also if the last fetch failed less than 30 seconds ago
   */
  async newer({ fetch, now }: Network): Promise<Keys | undefined> {
    if (now() >= this.#triedAt + MIN_FETCH_INTERVAL_MS) return this.#fetchKeys({ fetch, now });
    if (this.#fetched === undefined || this.#triedAt > this.#fetched.at) throw keysUnavailable();
    return undefined;
  }

  async #fetchKeys({ fetch, now }: Network): Promise<Keys> {
    const at = now();
    this.#triedAt = at;
    const keys = await fetchKeySet(this.#url, fetch);
    // If two requests fetch at the same time, the result of the fetch that began later is kept.
    if (this.#fetched === undefined || this.#fetched.at <= at) this.#fetched = { keys, at };
    return keys;
  }
}

async function fetchKeySet(url: URL, fetch: Context["fetch"]): Promise<Keys> {
  try {
    const response = await fetch(url.href, {
      headers: { Accept: "application/jwk-set+json, application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) throw new Error(`The server of the key set returned ${response.status}.`);
    return blameSetForBadKeys(createLocalJWKSet(await response.json<JSONWebKeySet>())); // this call also checks the shape
  } catch (error) {
    throw keysUnavailable(error);
  }
}

/** If a key cannot be imported, the set is at fault and not the token. */
function blameSetForBadKeys(keys: ReturnType<typeof createLocalJWKSet>): Keys {
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw keysUnavailable(error);
    }
  };
}

function keysUnavailable(cause?: unknown): AppError {
  return new AppError("unavailable", "The keys for verifying tokens cannot be read right now. Try again soon.", {
    headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
    cause,
  });
}
