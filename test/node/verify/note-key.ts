import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

/** An Ed25519 key as C2SP signed-note describes it, made with node:crypto alone. */
export class NoteKey {
  readonly name: string;
  readonly #private: KeyObject;
  readonly #typed: Buffer;

  /** @param seed Equal seeds give equal keys. */
  constructor(name: string, seed = name) {
    this.name = name;
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), sha256(Buffer.from(seed))]);
    this.#private = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const { x = "" } = createPublicKey(this.#private).export({ format: "jwk" });
    this.#typed = Buffer.concat([Buffer.of(1), Buffer.from(x, "base64url")]);
  }

  get #id(): Buffer {
    return sha256(Buffer.from(`${this.name}\n`), this.#typed).subarray(0, 4);
  }

  /** The public half. */
  get vkey(): string {
    return `${this.name}+${this.#id.toString("hex")}+${this.#typed.toString("base64")}`;
  }

  signatureLine(text: string): string {
    const signature = sign(null, Buffer.from(text), this.#private);
    return `— ${this.name} ${Buffer.concat([this.#id, signature]).toString("base64")}\n`;
  }

  signNote(text: string): string {
    return `${text}\n${this.signatureLine(text)}`;
  }
}

export function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
