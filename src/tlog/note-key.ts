import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { fromBase64, toBase64 } from "./base64.ts";

/** C2SP signed-note, "Signature types": Ed25519 of the text, and a cosignature of a checkpoint with a timestamp. */
export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;
export type KeyType = typeof ED25519 | typeof COSIGNATURE_V1;

const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;

export interface VerifierKey {
  /** The key of a log has the log's origin as its name. */
  name: string;
  /** 4 bytes. A signature names its key by name and ID. */
  id: Uint8Array;
  type: KeyType;
  /** 32 bytes. */
  publicKey: Uint8Array<ArrayBuffer>;
}

export interface SignerKey {
  verifier: VerifierKey;
  privateKey: KeyObject;
}

/** C2SP signed-note, "Format": a name is not empty, and has no Unicode spaces and no plus. */
export function isKeyName(name: string): boolean {
  return name !== "" && name.isWellFormed() && !/[\s\p{White_Space}\p{Cc}+]/u.test(name);
}

/** C2SP signed-note, "Verifier keys": `<name>+<hex of the ID>+<base64 of the type and the public key>`. */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${toHex(id)}+${toBase64(Uint8Array.of(type, ...publicKey))}`;
}

/** Undefined if the text is not a verifier key, has an unknown type, or has an ID that does not fit the key. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = "", id = "", base64 = ""] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? [];
  const [type, ...publicKey] = fromBase64(base64) ?? [];
  if (!isKeyName(name) || !isKeyType(type) || publicKey.length !== KEY_BYTES) return undefined;
  const key = verifierKey(name, type, Uint8Array.from(publicKey));
  return toHex(key.id) === id ? key : undefined;
}

function verifierKey(name: string, type: KeyType, publicKey: Uint8Array<ArrayBuffer>): VerifierKey {
  const hash = createHash("sha256").update(`${name}\n`).update(Uint8Array.of(type)).update(publicKey).digest();
  return { name, id: new Uint8Array(hash.subarray(0, KEY_ID_BYTES)), type, publicKey };
}

/**
 * The private form of a key, as Go's golang.org/x/mod/sumdb/note writes it:
 * `PRIVATE+KEY+<name>+<hex of the ID>+<base64 of the type and the 32-byte seed>`.
 */
export function formatSignerKey(name: string, type: KeyType, seed: Uint8Array<ArrayBuffer>): string {
  const { verifier } = signerKey(name, type, seed);
  return `PRIVATE+KEY+${name}+${toHex(verifier.id)}+${toBase64(Uint8Array.of(type, ...seed))}`;
}

/** Undefined if the text is not a private key, has an unknown type, or has an ID that does not fit the key. */
export function parseSignerKey(text: string): SignerKey | undefined {
  const [, name = "", id = "", base64 = ""] = /^PRIVATE\+KEY\+([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? [];
  const [type, ...seed] = fromBase64(base64) ?? [];
  if (!isKeyName(name) || !isKeyType(type) || seed.length !== KEY_BYTES) return undefined;
  const key = signerKey(name, type, Uint8Array.from(seed));
  return toHex(key.verifier.id) === id ? key : undefined;
}

/** `seed` is 32 random bytes. RFC 8032 §5.1.5. */
export function signerKey(name: string, type: KeyType, seed: Uint8Array<ArrayBuffer>): SignerKey {
  // No API takes a raw seed, but RFC 8410's PKCS #8 with the seed. The JWK has the public key.
  const pkcs8 = Buffer.from([...PKCS8_PREFIX, ...seed]);
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const publicKey = fromBase64(standardBase64(createPublicKey(privateKey).export({ format: "jwk" }).x ?? ""));
  if (publicKey === undefined) throw new Error("the runtime exported an Ed25519 key without its public key");
  return { verifier: verifierKey(name, type, publicKey), privateKey };
}

// RFC 8410 §7: version 0, id-Ed25519 (1.3.101.112), and an OCTET STRING inside an OCTET STRING.
const PKCS8_PREFIX = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

function isKeyType(type: number | undefined): type is KeyType {
  return type === ED25519 || type === COSIGNATURE_V1;
}

function standardBase64(base64url: string): string {
  const text = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
