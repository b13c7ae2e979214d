import { hmacSha256 } from "../lib/crypto.ts";

const PREFIX = "whsec_";

/**
 * Standard Webhooks 1.0, "Signature scheme". Each secret gives one signature, so a receiver may know only the old or
 * only the new secret.
 */
export function sign(
  secrets: readonly string[],
  webhookId: string,
  timestampSeconds: number,
  body: string | Uint8Array,
): string {
  const parts = [`${webhookId}.${timestampSeconds}.`, body];
  return secrets.map((secret) => `v1,${hmacSha256(keyFrom(secret), parts, "base64")}`).join(" ");
}

/** Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES = 32;

export function newSigningSecret(randomBytes: (length: number) => Uint8Array): string {
  return PREFIX + randomBytes(SECRET_BYTES).toBase64();
}

function keyFrom(secret: string): Uint8Array {
  return Uint8Array.fromBase64(secret.slice(PREFIX.length));
}
