import { base64url, SignJWT, type JWTHeaderParameters } from "jose";
import { NOW_SECONDS, SECRET } from "./factories.ts";
import type { SigningKey } from "./signing-keys.ts";

/** The claims of a token. By default, the token is valid for five minutes. A claim that is `undefined` is left out. */
type Claims = Record<string, unknown>;

const withExpiry = (claims: Claims): Claims => ({ exp: NOW_SECONDS + 300, ...claims });

export function signedBySecret(claims: Claims, secret: string | Uint8Array = SECRET, alg = "HS256"): Promise<string> {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  return new SignJWT(withExpiry(claims)).setProtectedHeader({ alg }).sign(bytes);
}

export function signedBy(key: SigningKey, header: JWTHeaderParameters, claims: Claims = {}): Promise<string> {
  return new SignJWT(withExpiry(claims)).setProtectedHeader(header).sign(key.privateKey);
}

/** Makes a token that no library would make, with any header, payload and signature. */
export function forged(header: unknown, payload: unknown = withExpiry({}), signature = ""): string {
  return [JSON.stringify(header), JSON.stringify(payload), signature].map((part) => base64url.encode(part)).join(".");
}
