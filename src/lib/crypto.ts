import { Buffer } from "node:buffer";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

type Encoding = "base64" | "base64url" | "hex";

/** The digest of bytes, or of the UTF-8 bytes of a text. */
export function sha256(content: string | Uint8Array, encoding: Encoding): string {
  return digest(content).toString(encoding);
}

/** For protocols that ask for MD5 to find transmission errors. MD5 protects against nobody. */
export function md5(content: Uint8Array, encoding: Encoding): string {
  return createHash("md5").update(content).digest(encoding);
}

/**
 * The HMAC of the parts, one after another. A text stands for its UTF-8 bytes.
 * @throws RangeError for an empty key, which would let everybody sign
 */
export function hmacSha256(
  key: string | Uint8Array,
  parts: readonly (string | Uint8Array)[],
  encoding: Encoding,
): string {
  if (key.length === 0) throw new RangeError("an HMAC key must not be empty");
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest(encoding);
}

/** Takes constant time. Both texts are hashed first, because the compared values must have one length. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

export function toHex(bytes: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

function digest(content: string | Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}
