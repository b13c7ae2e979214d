import { createHash } from "node:crypto";
import { formatIso } from "../../lib/time.ts";
import { fromBase64, toBase64, utf8 } from "../../tlog/base64.ts";
import { leafHash, type Hash } from "../../tlog/merkle-hash.ts";

/**
 * The entry of one event in the log. The entry shows the ID of the event and when the event was recorded, and nothing
 * else about the event.
 */
export interface LogEntry {
  eventId: number;
  /** Milliseconds since 1970. */
  recordedAt: number;
  /** The result of `commitmentOf` for the event. */
  commitment: Hash;
}

export const COMMITMENT_BYTES = 32;

/**
 * Returns the commitment to an event. With the opening (32 random bytes) and the event (its bytes as served), anybody
 * can show that this is the event that was recorded. Without the opening, nobody can learn anything about the event
 * from the commitment, not even by guessing.
 */
export function commitmentOf(opening: Uint8Array, json: string): Hash {
  return new Uint8Array(createHash("sha256").update(opening).update(json).digest());
}

/** Returns the bytes of an entry in version 1 of the format. This version never changes. */
export function entryBytes({ eventId, recordedAt, commitment }: LogEntry): Uint8Array<ArrayBuffer> {
  return utf8(`tidings/event/v1\n${eventId}\n${formatIso(recordedAt)}\n${toBase64(commitment)}\n`);
}

const ENTRY = /^tidings\/event\/v1\n([1-9][0-9]{0,15})\n(.{24})\n(.{44})\n$/;

/** Parses the bytes of an entry. Returns undefined if `entryBytes` never makes these bytes. */
export function parseEntry(bytes: Uint8Array): LogEntry | undefined {
  const text = new TextDecoder().decode(bytes);
  const [, id, recordedAt = "", base64 = ""] = ENTRY.exec(text) ?? [];
  const entry = { eventId: Number(id), recordedAt: Date.parse(recordedAt), commitment: fromBase64(base64) };
  if (Number.isNaN(entry.recordedAt) || entry.commitment === undefined) return undefined;
  const known = { ...entry, commitment: entry.commitment };
  return new TextDecoder().decode(entryBytes(known)) === text ? known : undefined;
}

export function entryHash(entry: LogEntry): Hash {
  return leafHash(entryBytes(entry));
}
