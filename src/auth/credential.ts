import { parse } from "hono/utils/cookie";
import { badCredential } from "./challenge.ts";

/** Of the header and of the cookie. */
export const TOKEN_NAME = "X-Escape-Token";
const BEARER = /^Bearer +(\S+)$/i; // RFC 9110 §11.1: a scheme's case does not matter

const MALFORMED = {
  authorization: "Authorization must be Bearer, a space and a token.",
  header: `The header ${TOKEN_NAME} is empty; it must hold a token.`,
  cookie: `The cookie ${TOKEN_NAME} is empty; it must hold a token.`,
};

export interface Credential {
  source: "authorization" | "header" | "cookie";
  /** Undefined where the credential is there but holds none. */
  token: string | undefined;
}

/** The credential that counts: the first one present, good or bad. */
export function findCredential({ headers }: Request): Credential | undefined {
  const authorization = headers.get("Authorization");
  if (authorization !== null) return { source: "authorization", token: BEARER.exec(authorization)?.[1] };

  const header = headers.get(TOKEN_NAME);
  if (header !== null) return { source: "header", token: header || undefined };

  const cookie = parse(headers.get("Cookie") ?? "", TOKEN_NAME)[TOKEN_NAME];
  if (cookie !== undefined) return { source: "cookie", token: cookie || undefined };

  return undefined;
}

/** @throws AppError `unauthenticated`, where the credential holds no token. */
export function tokenIn({ source, token }: Credential): string {
  if (token === undefined) throw badCredential(MALFORMED[source]);
  return token;
}
