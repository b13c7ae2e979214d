import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";

const HELD_MS = 600_000;
/** An unknown key and a wrong signature may be anybody's doing: they drive no more reads than this. */
const READ_AGAIN_AFTER_MS = 30_000;
const TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

type Network = Pick<Context, "fetch" | "now">;
export type Keys = JWTVerifyGetKey<CryptoKey>;

interface Read {
  keys: Keys;
  at: number;
}

/** What an isolate keeps of a JSON Web Key Set (RFC 7517 §5). */
export class KeySet {
  readonly #url: URL;
  #read: Read | undefined;
  #triedAt = -Infinity;

  constructor(url: URL) {
    this.#url = url;
  }

  /**
   * The keys, at most ten minutes old. Accepted: while there are none, each request tries for itself, because on Workers
   * no request may wait for another's fetch.
   * @throws AppError `unavailable`
   */
  async current({ fetch, now }: Network): Promise<Keys> {
    if (this.#read !== undefined && now() < this.#read.at + HELD_MS) return this.#read.keys;
    return this.#readWith({ fetch, now });
  }

  /**
   * The keys read again, because those at hand do not fit a token: the set may have been rotated. Undefined if that was
   * done within the last half minute.
   * @throws AppError `unavailable`, also if the last try failed and the next one is not due yet
   */
  async newer({ fetch, now }: Network): Promise<Keys | undefined> {
    if (now() >= this.#triedAt + READ_AGAIN_AFTER_MS) return this.#readWith({ fetch, now });
    if (this.#read === undefined || this.#triedAt > this.#read.at) throw keysUnavailable();
    return undefined;
  }

  async #readWith({ fetch, now }: Network): Promise<Keys> {
    const at = now();
    this.#triedAt = at;
    const keys = await readKeys(this.#url, fetch);
    // If two requests read at once, the read that began later counts, whichever ends last.
    if (this.#read === undefined || this.#read.at <= at) this.#read = { keys, at };
    return keys;
  }
}

async function readKeys(url: URL, fetch: Context["fetch"]): Promise<Keys> {
  try {
    const response = await fetch(url.href, {
      headers: { Accept: "application/jwk-set+json, application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) throw new Error(`The key set answered ${response.status}.`);
    return usable(createLocalJWKSet(await response.json<JSONWebKeySet>())); // which checks its shape
  } catch (error) {
    throw keysUnavailable(error);
  }
}

/** A key that cannot be imported is a fault of the set, not of the token. */
function usable(keys: ReturnType<typeof createLocalJWKSet>): Keys {
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
  return new AppError(
    "unavailable",
    "The keys that tokens are verified with cannot be read right now; try again soon.",
    {
      headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
      cause,
    },
  );
}
