import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from "jose";
import * as z from "zod";
import type { Context } from "../context.ts";
import type { Reader } from "../domain/access/roles.ts";
import { AppError } from "../errors.ts";
import {
  badCredential,
  findCredential,
  malformedCredential,
  missingCredential,
  type Credential,
} from "./credential.ts";
import type { Keys } from "./key-set.ts";
import { verifyCached } from "./token-cache.ts";
import { ALGORITHMS, currentKeys, newerKeys } from "./verification-keys.ts";

const CLOCK_SKEW_SECONDS = 30;

type ReaderContext = Pick<Context, "config" | "now" | "fetch">;

const UserName = z.string().optional();
const Groups = z.array(z.string()).default([]);

/**
 * The reader who sent the request. If `viaCookie` is true, the caller must also call `requireSameOrigin`.
 * @throws AppError `unauthenticated`; `unavailable`, if the key set cannot be read; `misconfigured`.
 */
export async function authenticateReader(
  request: Request,
  context: ReaderContext,
): Promise<{ reader: Reader; viaCookie: boolean }> {
  const credential = findCredential(request);
  if (credential === undefined) {
    throw missingCredential("Send a token: Authorization: Bearer TOKEN, or X-Escape-Token as a header or cookie.");
  }
  return { reader: await firstReader(credential, context), viaCookie: credential.source === "cookie" };
}

/** The reader of the first valid token. If no token is valid, and one could not be verified now, the error is a 503. */
async function firstReader(credential: Credential, context: ReaderContext): Promise<Reader> {
  const refusals: AppError[] = [];
  for (const token of credential.tokens) {
    try {
      return await verifyReaderToken(token, context);
    } catch (error) {
      if (!isAboutToken(error)) throw error;
      refusals.push(error);
    }
  }
  throw refusals.find(({ code }) => code === "unavailable") ?? refusals[0] ?? malformedCredential(credential);
}

/** True if the error is only about this token, so that the next token may still be valid. */
function isAboutToken(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === "unauthenticated" || error.code === "unavailable");
}

/** The reader whom the token names. Throws the same errors as `authenticateReader`. */
export async function verifyReaderToken(token: string, context: ReaderContext): Promise<Reader> {
  return toReader(await verifyCached(token, context, () => verify(token, context)), context);
}

async function verify(token: string, context: ReaderContext): Promise<JWTPayload> {
  const { jwtIssuers, jwtAudiences } = context.config;
  const options = {
    algorithms: ALGORITHMS,
    requiredClaims: ["exp"],
    clockTolerance: CLOCK_SKEW_SECONDS,
    currentDate: new Date(context.now()),
    ...(jwtIssuers.length > 0 && { issuer: jwtIssuers }),
    ...(jwtAudiences.length > 0 && { audience: jwtAudiences }),
  };
  try {
    return await verifyWithCurrentKeys(token, options, context);
  } catch (error) {
    if (error instanceof errors.JOSEError) throw badCredential(describeFlaw(error));
    throw error;
  }
}

/** Tries the current keys. If none of them fits, fetches the key set again, because it may have been rotated. */
async function verifyWithCurrentKeys(token: string, options: JWTVerifyOptions, context: ReaderContext) {
  try {
    return await verifyWith(currentKeys(context), token, options);
  } catch (error) {
    const keys = mayBeRotated(error) ? await newerKeys(decodeProtectedHeader(token), context) : undefined;
    if (keys === undefined) throw error;
    return verifyWith(keys, token, options);
  }
}

/** If the keys have no `kid`, or a new key has the old `kid`, a wrong signature is the only sign of a rotation. */
function mayBeRotated(error: unknown): boolean {
  if (error instanceof AppError) return error.code === "unavailable"; // the set contains a broken key
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed;
}

async function verifyWith(keys: Keys, token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
  const verified = await jwtVerify(token, keys, options).catch((error: unknown) => {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithAny(error, token, options);
    throw error;
  });
  return verified.payload;
}

/** Tries each key of the token's algorithm, because the token has no `kid`. */
async function verifyWithAny(keys: AsyncIterable<CryptoKey>, token: string, options: JWTVerifyOptions) {
  for await (const key of keys) {
    try {
      return await jwtVerify(token, key, options);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  throw new errors.JWSSignatureVerificationFailed();
}

function toReader(claims: JWTPayload, { config }: ReaderContext): Reader {
  const name = UserName.safeParse(claims.sub);
  if (!name.success) throw badCredential("The token's sub must be a string.");

  const { groupsClaim, auditorGroups, operatorGroups } = config;
  const listed = Groups.safeParse(Object.hasOwn(claims, groupsClaim) ? claims[groupsClaim] : undefined);
  if (!listed.success) throw badCredential("The token's groups must be an array of strings.");

  const groups = [...new Set(listed.data)].filter((group) => group !== "");
  return {
    name: name.data,
    groups,
    isAuditor: groups.some((group) => auditorGroups.includes(group)),
    isOperator: groups.some((group) => operatorGroups.includes(group)),
    expiresAt: (claims.exp ?? 0) * 1000,
  };
}

const CLAIM_FLAWS: Record<string, string> = {
  exp: "The token must have an expiry time: exp, in seconds since 1970.",
  nbf: "The token is not valid yet: its nbf is in the future.",
  iss: "The token's issuer is not trusted by this service.",
  aud: "The token's audience is not this service.",
};

function describeFlaw(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "The token has expired; get a new one.";
  if (error instanceof errors.JOSEAlgNotAllowed) return "The token's algorithm is not accepted by this service.";
  if (error instanceof errors.JWKSNoMatchingKey)
    return "The token is signed with a key that this service does not trust.";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The token's signature is wrong.";
  const flaw = error instanceof errors.JWTClaimValidationFailed ? CLAIM_FLAWS[error.claim] : undefined;
  return flaw ?? "The token is not a well-formed signed JSON Web Token.";
}
