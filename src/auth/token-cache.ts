import { MINUTE_MS } from "../lib/time.ts";
import type { JWTPayload } from "jose";
import { BoundedMap } from "../lib/bounded-map.ts";
import type { Config } from "../config.ts";

const MAX_AGE_MS = MINUTE_MS;
const MAX_TOKENS = 1_000;
const MAX_BYTES = 8 * 1024 * 1024; // of the 128 MB that an isolate has

/** A token with many groups is long. Its parsed claims take about twice the memory of its text. */
const BOUNDS = { maxEntries: MAX_TOKENS, maxBytes: MAX_BYTES, estimateBytes: (token: string) => 3 * token.length };

interface Verified {
  claims: JWTPayload;
  until: number;
}

/** Tokens that this isolate has verified, for each configuration. */
const verified = new WeakMap<Config, BoundedMap<Verified>>();

/**
 * The claims of a token. A verification counts for one minute, but not beyond the token's `exp`. So a reader who sends
 * many requests with one token costs few verifications. In return, a revoked key is accepted for up to one minute more.
 */
export async function verifyCached(
  token: string,
  { config, now }: { config: Config; now: () => number },
  verify: () => Promise<JWTPayload>,
): Promise<JWTPayload> {
  const tokens = verified.get(config) ?? new BoundedMap<Verified>(BOUNDS);
  verified.set(config, tokens);
  const cached = tokens.get(token);
  if (cached !== undefined && now() < cached.until) return cached.claims;

  tokens.delete(token);
  const claims = await verify();
  tokens.set(token, { claims, until: Math.min(now() + MAX_AGE_MS, (claims.exp ?? 0) * 1000) });
  return claims;
}
