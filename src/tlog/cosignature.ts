import { sign } from "node:crypto";
import { COSIGNATURE_V1, type SignerKey, type VerifierKey } from "./note-key.ts";
import { utf8 } from "./base64.ts";
import { signaturesBy, verifyEd25519, type NoteSignature, type SignedNote } from "./signed-note.ts";

const TIMESTAMP_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** A witness's signature of a checkpoint. C2SP tlog-cosignature, "Format". `seconds` is the time since 1970. */
export function cosign(checkpointText: string, { verifier, privateKey }: SignerKey, seconds: number): NoteSignature {
  const signature = new Uint8Array(TIMESTAMP_BYTES + SIGNATURE_BYTES);
  new DataView(signature.buffer).setBigUint64(0, BigInt(seconds));
  signature.set(sign(null, cosignedMessage(checkpointText, `${seconds}`), privateKey), TIMESTAMP_BYTES);
  return { name: verifier.name, keyId: verifier.id, signature };
}

/**
 * The time of the newest cosignature by this key, in seconds since 1970. Undefined if there is none, or if one of them
 * is wrong.
 */
export async function cosignedAt(note: SignedNote, key: VerifierKey): Promise<number | undefined> {
  if (key.type !== COSIGNATURE_V1) return undefined;
  const own = signaturesBy(note.signatures, key);
  const times = await Promise.all(own.map(({ signature }) => verifiedTime(note.text, key, signature)));
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 && known.length === times.length ? Math.max(...known) : undefined;
}

async function verifiedTime(
  checkpointText: string,
  key: VerifierKey,
  signature: Uint8Array<ArrayBuffer>,
): Promise<number | undefined> {
  if (signature.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) return undefined;
  const seconds = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  const message = cosignedMessage(checkpointText, `${seconds}`);
  const isGood = await verifyEd25519(key, signature.slice(TIMESTAMP_BYTES), message);
  return isGood && seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : undefined;
}

/** C2SP tlog-cosignature, "Ed25519 signed message". */
function cosignedMessage(checkpointText: string, seconds: string): Uint8Array<ArrayBuffer> {
  return utf8(`cosignature/v1\ntime ${seconds}\n${checkpointText}`);
}
