import { Buffer } from "node:buffer";
import { writeJson } from "../../lib/json-writer.ts";

/**
 * Replaces a secret in the response of a receiver, in each spelling in which the receiver may repeat what it got: plain,
 * escaped, in hex or in base64, in any case. A secret that is mixed with other bytes before it is encoded is not found.
 */
export function withoutSecret(text: string, secret: string): string {
  const key = secret.startsWith(KEY_PREFIX) ? secret.slice(KEY_PREFIX.length) : undefined;
  const spellings = key === undefined ? spellingsOf(secret) : [secret, key].flatMap(spellingsOf).concat(bytesOf(key));
  const longestFirst = [...new Set(spellings)].filter(Boolean).toSorted((one, other) => other.length - one.length);
  return text.replace(new RegExp(longestFirst.map((spelling) => RegExp.escape(spelling)).join("|"), "gi"), "…");
}

/** Standard Webhooks: a signing secret is this prefix, and a key in base64. */
const KEY_PREFIX = "whsec_";

function bytesOf(key: string): string[] {
  const bytes = Buffer.from(key, "base64");
  return [bytes.toString("hex"), bytes.toString("base64url")];
}

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inJson = writeJson(secret).slice(1, -1);
  return [
    secret,
    secret.replaceAll("-", ""),
    encodeURIComponent(secret),
    inJson,
    inJson.replaceAll("/", String.raw`\/`),
    inXml(secret),
    bytes.toString("hex"),
    bytes.toString("base64").replace(/=+$/, ""),
    bytes.toString("base64url"),
  ];
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

function inXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
