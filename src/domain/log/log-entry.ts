import { createHash } from "node:crypto";
import { formatIso } from "../../lib/time.ts";
import { fromBase64, toBase64, utf8 } from "../../tlog/base64.ts";
import { leafHash, type Hash } from "../../tlog/merkle-hash.ts";

/** One event in the log. It says that there is an event, and when it was recorded, and nothing else of it. */
export interface LogEntry {
  eventId: number;
  /** Milliseconds since 1970. */
  recordedAt: number;
  /** `commitmentOf` the event. */
  commitment: Hash;
}

export const COMMITMENT_BYTES = 32;

/**
 * Who has the opening (32 random bytes) and the event (its bytes as served) can show that they are the ones that were
 * recorded. Without the opening, nothing can be learned from it, not even by guessing.
 */
export function commitmentOf(opening: Uint8Array, json: string): Hash {
  return new Uint8Array(createHash("sha256").update(opening).update(json).digest());
}

/** Version 1 of an entry's bytes. It never changes. */
export function entryBytes({ eventId, recordedAt, commitment }: LogEntry): Uint8Array<ArrayBuffer> {
  return utf8(`tidings/event/v1\n${eventId}\n${formatIso(recordedAt)}\n${toBase64(commitment)}\n`);
}

const ENTRY = /^tidings\/event\/v1\n([1-9][0-9]{0,15})\n(.{24})\n(.{44})\n$/;

/** Undefined for all bytes that `entryBytes` would not have made. */
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
