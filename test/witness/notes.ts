import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";

// C2SP signed-note and tlog-cosignature, written for the tests from the specifications alone. Nothing here is the
// service's code.

/** A verifier key. signed-note, "Verifier keys". */
export interface Vkey {
  name: string;
  keyId: string;
  type: number;
  publicKey: Buffer;
}

export function readVkey(text: string): Vkey {
  const [name = "", keyId = "", ...base64] = text.split("+");
  const bytes = Buffer.from(base64.join("+"), "base64");
  return { name, keyId, type: bytes[0] ?? 0, publicKey: bytes.subarray(1) };
}

export interface SignatureLine {
  name: string;
  keyId: string;
  signature: Buffer;
}

/** Reads a note; undefined if the text is not a note. signed-note, "Format": the last empty line ends the text. */
export function readNote(note: string): { text: string; lines: SignatureLine[] } | undefined {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) return undefined;
  const lines: SignatureLine[] = [];
  for (const line of note.slice(end + 2, -1).split("\n")) {
    const [dash, name = "", base64 = "", ...more] = line.split(" ");
    const bytes = Buffer.from(base64, "base64");
    if (dash !== "\u2014" || name === "" || bytes.length < 5 || more.length > 0) return undefined;
    lines.push({ name, keyId: bytes.subarray(0, 4).toString("hex"), signature: bytes.subarray(4) });
  }
  return { text: note.slice(0, end + 1), lines };
}

/** "none": the note has no line by the key. "bad": a line by the key does not verify. signed-note, "Signatures". */
export function checkSignature(
  { text, lines }: { text: string; lines: SignatureLine[] },
  key: Vkey,
): "good" | "bad" | "none" {
  const own = lines.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  if (own.length === 0 || key.type !== 1) return "none";
  const publicKey = publicKeyOf(key.publicKey);
  return own.every(({ signature }) => verify(null, Buffer.from(text), publicKey, signature)) ? "good" : "bad";
}

/** Returns the time in a cosignature, in seconds since 1970, or undefined if the cosignature does not verify. */
export function cosignatureTime(text: string, { signature }: SignatureLine, key: Vkey): number | undefined {
  const time = signature.readBigUInt64BE(0);
  const isGood = verify(null, cosignedMessage(text, time), publicKeyOf(key.publicKey), signature.subarray(8));
  return isGood ? Number(time) : undefined;
}

/** An Ed25519 key of a witness. tlog-cosignature, "Format": type 4. */
export class CosignerKey {
  readonly name: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: Buffer;

  constructor(name: string, seed: Buffer) {
    this.name = name;
    this.#privateKey = createPrivateKey({
      key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), // RFC 8410
      format: "der",
      type: "pkcs8",
    });
    this.#publicKey = createPublicKey(this.#privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  }

  get #keyId(): Buffer {
    const hashed = Buffer.concat([Buffer.from(`${this.name}\n`), Buffer.of(4), this.#publicKey]);
    return createHash("sha256").update(hashed).digest().subarray(0, 4);
  }

  get vkey(): string {
    const encoded = Buffer.concat([Buffer.of(4), this.#publicKey]).toString("base64");
    return `${this.name}+${this.#keyId.toString("hex")}+${encoded}`;
  }

  cosign(text: string, seconds: number): string {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const signature = sign(null, cosignedMessage(text, BigInt(seconds)), this.#privateKey);
    return `\u2014 ${this.name} ${Buffer.concat([this.#keyId, time, signature]).toString("base64")}\n`;
  }
}

/** tlog-cosignature, "Ed25519 signed message". */
function cosignedMessage(text: string, seconds: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
}

function publicKeyOf(raw: Buffer): KeyObject {
  const key = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]); // RFC 8410
  return createPublicKey({ key, format: "der", type: "spki" });
}
