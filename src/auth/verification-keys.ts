import { errors, type ProtectedHeaderParameters } from "jose";
import type { Context } from "../context.ts";
import { type Keys, KeySet } from "./key-set.ts";

const KEY_SET_ALGORITHMS = ["RS256", "ES256", "EdDSA"];

export const ALGORITHMS = ["HS256", ...KEY_SET_ALGORITHMS];

type KeyContext = Pick<Context, "config" | "fetch" | "now">;

/**
 * The token's algorithm chooses its key: a public key can never serve as a secret, nor a secret as a public key. One
 * that is not configured is refused, and only the variable that it needs is read.
 * @throws AppError `misconfigured`, where there is nothing to verify with; `unavailable`
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
 * The same keys after the key set has been read again, for a token that no current key fits. Undefined if the token is not
 * by the key set, or the set was read a moment ago.
 * @throws AppError `unavailable`
 */
export async function newerKeys(header: ProtectedHeaderParameters, context: KeyContext): Promise<Keys | undefined> {
  return keySetFor(header, context)?.newer(context);
}

// What one request leaves to the next ones of its isolate.
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
