import { parse } from "hono/utils/cookie";
import { AppError } from "../errors.ts";

/** Name of the header and of the cookie. */
export const TOKEN_NAME = "X-Escape-Token";
const BEARER = /^Bearer +(\S+)$/i; // RFC 9110 §11.1: a scheme's case does not matter
const CHALLENGE = 'Bearer realm="tidings"'; // RFC 6750 §3: at least one parameter

const MALFORMED = {
  authorization: "Authorization must be Bearer, a space and a token.",
  header: `The header ${TOKEN_NAME} is empty; it must contain a token.`,
  cookie: `The cookie ${TOKEN_NAME} is empty; it must contain a token.`,
};

/** A browser sends fewer. The limit bounds the cost of one request. */
const MAX_COOKIES = 20;

export interface Credential {
  source: "authorization" | "header" | "cookie";
  /** Empty if the credential is malformed. Has several items only if the request has several cookies of this name. */
  tokens: string[];
}

/**
 * The first of these that the request has: `Authorization`, the header, the cookie. Its tokens are not verified here.
 */
export function findCredential({ headers }: Request): Credential | undefined {
  const authorization = headers.get("Authorization");
  if (authorization !== null) return { source: "authorization", tokens: toTokens(BEARER.exec(authorization)?.[1]) };

  const header = headers.get(TOKEN_NAME);
  if (header !== null) return { source: "header", tokens: toTokens(header) };

  const cookies = readCookies(headers);
  if (cookies.length > 0) return { source: "cookie", tokens: cookies.flatMap(toTokens).slice(0, MAX_COOKIES) };

  return undefined;
}

/** The 401 for a request without a credential. */
export function missingCredential(detail: string): AppError {
  return new AppError("unauthenticated", detail, { headers: { "WWW-Authenticate": CHALLENGE } });
}

/** The 401 for a credential that is not accepted. RFC 6750 §3: `flaw` must be printable ASCII without `"` and `\`. */
export function badCredential(flaw: string): AppError {
  const challenge = `${CHALLENGE}, error="invalid_token", error_description="${flaw}"`;
  return new AppError("unauthenticated", flaw, { headers: { "WWW-Authenticate": challenge } });
}

/** The 401 for a credential without a token. */
export function malformedCredential({ source }: Credential): AppError {
  return badCredential(MALFORMED[source]);
}

/**
 * All values of the cookie. RFC 6265 §5.4: a browser also sends cookies of the same name that were set for a narrower
 * path or for a parent domain, and the request does not contain their paths and domains.
 */
function readCookies(headers: Headers): string[] {
  const pairs = (headers.get("Cookie") ?? "").split(";");
  return [...new Set(pairs.flatMap((pair) => parse(pair, TOKEN_NAME)[TOKEN_NAME] ?? []))];
}

function toTokens(token: string | undefined): string[] {
  return token === undefined || token === "" ? [] : [token];
}
