import { errors, type ProtectedHeaderParameters } from "jose";
import type { Context } from "../context.ts";
import { type Keys, KeySet } from "./key-set.ts";

const KEY_SET_ALGORITHMS = ["RS256", "ES256", "EdDSA"];

export const ALGORITHMS = ["HS256", ...KEY_SET_ALGORITHMS];

type KeyContext = Pick<Context, "config" | "fetch" | "now">;

/**
 * The token's algorithm selects the key, so a public key is never used as a secret, and a secret never as a public key.
 * An algorithm that is not configured is rejected. Only the variable that the algorithm needs is read.
 * @throws AppError `misconfigured`, if neither a secret nor a key set is configured; `unavailable`
 */
export function currentKeys(context: KeyContext): Keys {
  const { config } = context;
  return async (header, token) => {
    if (header.alg === "HS256" && config.jwtSecret !== undefined) return secretKey(config.jwtSecret);
    const keySet = keySetFor(header, context);
    if (keySet !== undefined) return (await keySet.current(context))(header, token);
    config.requireVerificationKeys();
    throw new errors.JOSEAlgNotAllowed();
  };
}

/**
 * Fetches the key set again, for a token that no current key fits. Returns undefined if the token's algorithm is not
 * one of the key set's, or if the set was fetched in the last 30 seconds.
 * @throws AppError `unavailable`
 */
export async function newerKeys(header: ProtectedHeaderParameters, context: KeyContext): Promise<Keys | undefined> {
  return keySetFor(header, context)?.newer(context);
}

// Cached for as long as the isolate lives.
const secretKeys = new Map<string, CryptoKey>();
const keySets = new Map<string, KeySet>();

async function secretKey(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  const key =
    secretKeys.get(secret) ??
    (await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]));
  secretKeys.set(secret, key);
  return key;
}

function keySetFor({ alg }: ProtectedHeaderParameters, { config }: KeyContext): KeySet | undefined {
  if (alg === undefined || !KEY_SET_ALGORITHMS.includes(alg) || config.jwksUrl === undefined) return undefined;
  const keySet = keySets.get(config.jwksUrl.href) ?? new KeySet(config.jwksUrl);
  keySets.set(config.jwksUrl.href, keySet);
  return keySet;
}
