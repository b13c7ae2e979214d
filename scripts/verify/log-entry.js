import { LEAF, sha256 } from "./merkle-tree.js";
import { fromBase64 } from "./signed-checkpoint.js";

export const OPENING_BYTES = 32;

const ENTRY = /^tidings\/event\/v1\n([1-9]\d{0,18})\n(\d{4}-.{19})\n([^=]{43}=)\n$/;

/** An entry of the tree. @typedef {{ id: string, leaf: Buffer }} LogEntry */

/** Undefined if the bytes are no entry. @param {Buffer} bytes @returns {LogEntry | undefined} */
export function parseEntry(bytes) {
  const [, id, recordedAt = "", commitment = ""] = ENTRY.exec(bytes.toString("latin1")) ?? [];
  const milliseconds = Date.parse(recordedAt);
  const isTime = Number.isFinite(milliseconds) && new Date(milliseconds).toISOString() === recordedAt;
  return id && isTime && fromBase64(commitment) ? { id, leaf: sha256(LEAF, bytes) } : undefined;
}

/**
 * Returns the entry of an event, or undefined if the bytes are no event. The bytes are hashed unchanged.
 * @param {Buffer} event @param {Buffer} opening
 */
export function entryOf(event, opening) {
  const { id, recorded_at: recordedAt } = parseObject(event.toString());
  if (typeof id !== "string" || typeof recordedAt !== "string") return undefined;
  const commitment = sha256(opening, event).toString("base64");
  return parseEntry(Buffer.from(`tidings/event/v1\n${id}\n${recordedAt}\n${commitment}\n`));
}

/** @param {string} json @returns {Record<string, unknown>} empty if it is no JSON object */
function parseObject(json) {
  try {
    return Object(JSON.parse(json));
  } catch {
    return {};
  }
}
