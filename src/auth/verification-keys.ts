import { AsyncLocalStorage } from "node:async_hooks";
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, type RemoteJWKSet } from "jose";
import { misconfigured } from "../config.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";

const KEY_SET_ALGORITHMS = ["RS256", "ES256", "EdDSA"];
const RETRY_AFTER_SECONDS = 5;

type FindKey = JWTVerifyGetKey<CryptoKey>;

export const ALGORITHMS = ["HS256", ...KEY_SET_ALGORITHMS];

/**
 * The token's algorithm chooses its key: a public key can never serve as a secret, nor a secret as a public key. One
 * that is not configured is refused, and only the variable that it needs is read.
 * @throws AppError `misconfigured`, where there is nothing to verify with.
 */
export function findKeyWith({ config, fetch }: Pick<Context, "config" | "fetch">): FindKey {
  return (header, token) => {
    if (header.alg === "HS256") {
      if (config.jwtSecret !== undefined) return secretKey(config.jwtSecret);
    } else if (KEY_SET_ALGORITHMS.includes(header.alg)) {
      if (config.jwksUrl !== undefined) return keyFromSet(config.jwksUrl, fetch, header, token);
    }
    if (config.jwtSecret === undefined && config.jwksUrl === undefined) {
      throw misconfigured("JWT_SECRET", "must be set, unless JWKS_URL is");
    }
    throw new errors.JOSEAlgNotAllowed();
  };
}

// What one request leaves to the next ones of its isolate. On Workers none may await another's fetch: jose knows the
// runtime and has each make its own.
const secretKeys = new Map<string, CryptoKey>();
const keySets = new Map<string, RemoteJWKSet>();

async function secretKey(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  const key =
    secretKeys.get(secret) ??
    (await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]));
  secretKeys.set(secret, key);
  return key;
}

/**
 * Accepted: while the key set is down or an isolate is cold, each request tries for itself. Once read it holds for ten
 * minutes, and an unknown `kid` reads it again at most every 30 seconds (jose's defaults).
 */
async function keyFromSet(url: URL, fetch: Context["fetch"], ...[header, token]: Parameters<FindKey>) {
  try {
    return await fetchOfRequest.run(fetch, () => keySetAt(url)(header, token));
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
    throw new AppError(
      "unavailable",
      "The keys that tokens are checked with can't be read right now; try again soon.",
      {
        headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
        cause: error,
      },
    );
  }
}

// A key set outlives the request that first needed it, so it borrows the `fetch` of whichever request makes it read.
const fetchOfRequest = new AsyncLocalStorage<Context["fetch"]>();

function keySetAt(url: URL): RemoteJWKSet {
  const keySet =
    keySets.get(url.href) ??
    createRemoteJWKSet(url, {
      [customFetch]: async (...request) => {
        const fetch = fetchOfRequest.getStore();
        if (fetch === undefined) throw new Error("A key set was read outside a request.");
        return fetch(...request);
      },
    });
  keySets.set(url.href, keySet);
  return keySet;
}
