import { sign } from "node:crypto";
import { fromBase64, toBase64, utf8 } from "./base64.ts";
import { ED25519, isKeyName, type SignerKey, type VerifierKey } from "./note-key.ts";

/** A text and its signatures. C2SP signed-note, "Format". */
export interface SignedNote {
  /** Includes the last newline of the text, but not the empty line after it. */
  text: string;
  signatures: NoteSignature[];
}

export interface NoteSignature {
  name: string;
  /** 4 bytes. */
  keyId: Uint8Array;
  /** The bytes after the key ID. Their meaning depends on the type of the key. */
  signature: Uint8Array<ArrayBuffer>;
}

/** C2SP signed-note, "Format": a verifier must accept at least 16. */
const MAX_SIGNATURES = 100;
const MIN_SIGNATURE_BYTES = 5;

/** @throws RangeError for a text that a note cannot contain. */
export function formatNote({ text, signatures }: SignedNote): string {
  if (!isNoteText(text))
    throw new RangeError("a note's text ends with a newline and contains no other control character");
  return `${text}\n${formatSignatureLines(signatures)}`;
}

export function formatSignatureLines(signatures: readonly NoteSignature[]): string {
  return signatures.map(formatSignatureLine).join("");
}

function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(Uint8Array.of(...keyId, ...signature))}\n`;
}

/** Undefined if the text is not a note. The signatures are parsed but not verified. */
export function parseNote(note: string): SignedNote | undefined {
  const split = note.lastIndexOf("\n\n");
  const text = note.slice(0, split + 1);
  const signatures = parseSignatureLines(note.slice(split + 2));
  const isNote = split > 0 && isNoteText(text) && signatures !== undefined && signatures.length > 0;
  return isNote ? { text, signatures } : undefined;
}

/** Parses lines that each have a signature, as a witness returns them. Undefined if there is any other text. */
export function parseSignatureLines(lines: string): NoteSignature[] | undefined {
  if (lines !== "" && !lines.endsWith("\n")) return undefined;
  const signatures = lines.split("\n").slice(0, -1).map(parseSignatureLine);
  const known = signatures.filter((signature) => signature !== undefined);
  return known.length === signatures.length && known.length <= MAX_SIGNATURES ? known : undefined;
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const [, name = "", base64 = ""] = /^— (\S+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length < MIN_SIGNATURE_BYTES) return undefined;
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** C2SP signed-note, "Format": UTF-8, ended by a newline, without control characters below U+0020 except newlines. */
function isNoteText(text: string): boolean {
  return text.endsWith("\n") && text.isWellFormed() && !/(?!\n)[\p{Cc}--[\x7f-\x9f]]/v.test(text);
}

/** C2SP signed-note, "Ed25519 signatures". */
export function signNote(text: string, { verifier, privateKey }: SignerKey): NoteSignature {
  return { name: verifier.name, keyId: verifier.id, signature: new Uint8Array(sign(null, utf8(text), privateKey)) };
}

/**
 * True if the note has a valid signature by this key. C2SP signed-note, "Signatures": signatures by other keys are
 * ignored, and a wrong one by this key makes the note invalid.
 */
export async function isSignedBy(note: SignedNote, key: VerifierKey): Promise<boolean> {
  if (key.type !== ED25519) return false;
  const own = signaturesBy(note.signatures, key);
  const message = utf8(note.text);
  const results = await Promise.all(own.map(({ signature }) => verifyEd25519(key, signature, message)));
  return results.length > 0 && results.every(Boolean);
}

/** The signatures with the name and ID of the key. */
export function signaturesBy(signatures: readonly NoteSignature[], { name, id }: VerifierKey): NoteSignature[] {
  return signatures.filter((one) => one.name === name && one.keyId.every((byte, place) => byte === id[place]));
}

/** RFC 8032 §5.1.7. Returns false if the public key is not a point of the curve. */
export async function verifyEd25519(
  { publicKey }: VerifierKey,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return false;
  }
}
