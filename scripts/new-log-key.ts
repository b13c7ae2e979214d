import { randomBytes } from "node:crypto";
import { ED25519, formatSignerKey, formatVerifierKey, isKeyName, signerKey } from "../src/tlog/note-key.ts";

const SEED_BYTES = 32;

/** Makes a random key pair for the log with this origin, in the formats of C2SP signed-note. */
export function newLogKey(origin: string): { privateKey: string; publicKey: string } {
  if (!isKeyName(origin))
    throw new Error("An origin must have no spaces and no plus signs, as in events.example.com/log.");
  const seed = Uint8Array.from(randomBytes(SEED_BYTES));
  return {
    privateKey: formatSignerKey(origin, ED25519, seed),
    publicKey: formatVerifierKey(signerKey(origin, ED25519, seed).verifier),
  };
}
