import type { Context } from "../context.ts";
import { badCredential, findCredential, malformedCredential, missingCredential } from "./credential.ts";

/** @throws AppError `unauthenticated`, unless `Authorization` has one of the tokens of INTERNAL_TOKEN. */
export async function authenticateProducer(request: Request, { config }: Pick<Context, "config">): Promise<void> {
  const credential = findCredential(request);
  if (credential?.source !== "authorization") {
    throw missingCredential("Send a producer's token: Authorization: Bearer TOKEN.");
  }
  const [token] = credential.tokens;
  if (token === undefined) throw malformedCredential(credential);
  if (!(await isOneOf(config.internalTokens, token))) {
    throw badCredential("The token is not a producer's token.");
  }
}

/** In constant time: equal lengths by hashing, and every token is compared even after a match. */
async function isOneOf(tokens: readonly string[], token: string): Promise<boolean> {
  const given = await sha256(token);
  const known = await Promise.all(tokens.map(sha256));
  return known.filter((digest) => crypto.subtle.timingSafeEqual(digest, given)).length > 0;
}

function sha256(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
