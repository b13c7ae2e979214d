import { Fault } from "./command-line.js";
import { HASH_BYTES, sha256 } from "./merkle-tree.js";

/** @typedef {{ text: string, name: string, id: string, publicKey: import("node:crypto").webcrypto.CryptoKey }} VerifierKey */
/** @typedef {{ size: number, root: Buffer, note: string }} Checkpoint */

const ED25519 = 1;
const KEY_ID_BYTES = 4;

/**
 * `<name>+<hex key ID>+<base64(type || public key)>`. C2SP signed-note, "Verifier keys" and "Ed25519 signatures".
 * @param {string} text @param {new (message: string) => Error} [Problem] is thrown if the key is wrong
 * @returns {Promise<VerifierKey>}
 */
export async function parseKey(text, Problem = Fault) {
  const [, name, id, base64 = ""] = /^([^\s\p{Cc}+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  const bytes = fromBase64(base64);
  if (!name || !id || !bytes) throw new Problem("the key is not of the form NAME+ID+BASE64.");
  if (bytes[0] !== ED25519 || bytes.length !== 33) throw new Problem("the key is not of type 1, Ed25519.");
  const expected = sha256(Buffer.from(`${name}\n`), bytes).toString("hex", 0, KEY_ID_BYTES);
  if (id !== expected) throw new Problem(`the key says that its ID is ${id}, but its ID is ${expected}.`);
  const publicKey = await crypto.subtle.importKey("raw", bytes.subarray(1), "Ed25519", false, ["verify"]);
  return { text, name, id, publicKey };
}

/**
 * Verifies each signature by the key, and returns the checkpoint in a signed note. Signatures by other keys are
 * ignored. C2SP signed-note, "Format" and "Signatures"; tlog-checkpoint, "Note text".
 * @param {Buffer} note @param {VerifierKey} key @param {string} subject the checkpoint's name in messages
 * @returns {Promise<Checkpoint>}
 */
export async function openCheckpoint(note, key, subject) {
  const whole = note.toString();
  // oxlint-disable-next-line no-control-regex -- the specification forbids these characters
  const isText = Buffer.from(whole).equals(note) && !/[\0-\x09\x0b-\x1f]/.test(whole);
  const end = whole.lastIndexOf("\n\n") + 1;
  const [text, lines] = [whole.slice(0, end), whole.slice(end + 1).split("\n")];
  if (!isText || end === 0 || lines.pop() !== "") throw new Fault(`${subject} is not a signed note.`);
  let verified = 0;
  for (const line of lines) {
    const [, name, signature = ""] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
    const bytes = fromBase64(signature);
    if (!name || !bytes) throw new Fault(`${subject} has a malformed signature line.`);
    if (name !== key.name || bytes.toString("hex", 0, KEY_ID_BYTES) !== key.id) continue;
    const ed25519 = bytes.subarray(KEY_ID_BYTES);
    const isValid = await crypto.subtle.verify("Ed25519", key.publicKey, ed25519, Buffer.from(text));
    if (!isValid) throw new Fault(`the signature of ${subject} by ${key.name} is wrong.`);
    verified += 1;
  }
  if (verified === 0) throw new Fault(`${subject} has no signature by the key ${key.name}+${key.id}.`);
  const [origin, size = "", base64 = "", ...extensions] = text.split("\n").slice(0, -1);
  const root = fromBase64(base64);
  if (origin !== key.name) throw new Fault(`the origin of ${subject} is not the key's name, ${key.name}.`);
  if (!/^(0|[1-9]\d{0,14})$/.test(size) || root?.length !== HASH_BYTES || extensions.includes("")) {
    throw new Fault(`${subject} does not consist of an origin, a size and a root hash.`);
  }
  return { size: Number(size), root, note: whole };
}

/** Returns undefined if the text is not the canonical base64 of some bytes. @param {string} text */
export function fromBase64(text) {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
