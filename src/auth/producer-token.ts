import { isSameSecret } from "../lib/crypto.ts";
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
  if (!isOneOf(config.internalTokens, token)) {
    throw badCredential("The token is not a producer's token.");
  }
}

/** Takes constant time, because every token is compared, even after a match. */
function isOneOf(tokens: readonly string[], token: string): boolean {
  return tokens.filter((known) => isSameSecret(known, token)).length > 0;
}
