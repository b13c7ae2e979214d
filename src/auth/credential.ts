import { parse } from "hono/utils/cookie";
import type { AppError } from "../errors.ts";
import { badCredential } from "./challenge.ts";

/** Of the header and of the cookie. */
export const TOKEN_NAME = "X-Escape-Token";
const BEARER = /^Bearer +(\S+)$/i; // RFC 9110 §11.1: a scheme's case does not matter

const MALFORMED = {
  authorization: "Authorization must be Bearer, a space and a token.",
  header: `The header ${TOKEN_NAME} is empty; it must hold a token.`,
  cookie: `The cookie ${TOKEN_NAME} is empty; it must hold a token.`,
};

/** More than a browser holds for one page. It bounds what a request may cost. */
const MAX_COOKIES = 20;

export interface Credential {
  source: "authorization" | "header" | "cookie";
  /** Empty if the credential is malformed. Several only if the request has several cookies of the name. */
  tokens: string[];
}

/** The credential that counts: the first kind that is present, good or bad. */
export function findCredential({ headers }: Request): Credential | undefined {
  const authorization = headers.get("Authorization");
  if (authorization !== null) return { source: "authorization", tokens: present(BEARER.exec(authorization)?.[1]) };

  const header = headers.get(TOKEN_NAME);
  if (header !== null) return { source: "header", tokens: present(header) };

  const cookies = cookiesOf(headers);
  if (cookies.length > 0) return { source: "cookie", tokens: cookies.flatMap(present).slice(0, MAX_COOKIES) };

  return undefined;
}

/** The refusal of a credential without a token. */
export function malformed({ source }: Credential): AppError {
  return badCredential(MALFORMED[source]);
}

/**
 * All values of the cookie. RFC 6265 §5.4: a browser sends one of a narrower path and one of a parent domain as well, and
 * does not say which is which.
 */
function cookiesOf(headers: Headers): string[] {
  const pairs = (headers.get("Cookie") ?? "").split(";");
  return [...new Set(pairs.flatMap((pair) => parse(pair, TOKEN_NAME)[TOKEN_NAME] ?? []))];
}

function present(token: string | undefined): string[] {
  return token === undefined || token === "" ? [] : [token];
}
