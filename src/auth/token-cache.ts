import type { JWTPayload } from "jose";
import { BoundedMap } from "../lib/bounded-map.ts";
import type { Config } from "../config.ts";

const REMEMBERED_MS = 60_000;
const MAX_TOKENS = 1_000;
const MAX_BYTES = 8 * 1024 * 1024; // of the 128 MB that an isolate has

/** A token with many groups is long, and its claims, read, take some twice as much again. */
const BOUNDS = { most: MAX_TOKENS, mostBytes: MAX_BYTES, bytesOf: (token: string) => 3 * token.length };

interface Remembered {
  claims: JWTPayload;
  until: number;
}

/** Tokens that this isolate has verified, by the configuration that it did so with. */
const verified = new WeakMap<Config, BoundedMap<Remembered>>();

/**
 * The claims of a token, verified within the last minute and never past its `exp`: readers page and poll with one token,
 * and a key that is withdrawn is heeded a minute later at most.
 */
export async function verifyCached(
  token: string,
  { config, now }: { config: Config; now: () => number },
  verify: () => Promise<JWTPayload>,
): Promise<JWTPayload> {
  const tokens = verified.get(config) ?? new BoundedMap<Remembered>(BOUNDS);
  verified.set(config, tokens);
  const remembered = tokens.get(token);
  if (remembered !== undefined && now() < remembered.until) return remembered.claims;

  tokens.delete(token);
  const claims = await verify();
  tokens.set(token, { claims, until: Math.min(now() + REMEMBERED_MS, (claims.exp ?? 0) * 1000) });
  return claims;
}
