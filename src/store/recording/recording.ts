import type { EventType, NewEvent } from "../../schemas/event.ts";
import type { FeedName } from "../events/feed-range.ts";
import type { KeyClaim } from "./idempotency-keys.ts";

/** An event to be recorded, with everything but its ID. */
interface RecordedEvent extends NewEvent {
  timestamp: string;
  /** 32 random bytes, in hex. */
  opening: string;
}

/** What one request records. An event is named by its offset in the request, because its ID is known only at commit. */
export interface Recording {
  events: RecordedEvent[];
  /** The feeds of each scope. For each feed, the offsets of the events that go into it. */
  feeds: [scope: string, feeds: [kind: FeedName[0], name: string, offsets: number[]][]][];
  /** For each project, its events. If `allowedGroups` is null, everyone may see the event. */
  eventsByProject: [project: string, events: [offset: number, type: EventType, allowedGroups: string[] | null][]][];
  keyClaim?: KeyClaim | undefined;
  /** An ID that has been given. If the next ID is not above this one, D1 was restored to an earlier time. */
  lastKnownId: number;
  /** The current time, which is also the time at which the events are recorded. */
  now: number;
  /** From this time on, the sweep sends new hints of the deliveries that are still pending. */
  sweepAt: number;
}

/** D1 was restored to an earlier time, and would give an ID that it has given before. Nothing was recorded. */
export class LostIds extends Error {}

/** Part of the error with which D1 refuses and rolls back a batch that would give a known ID. */
export const LOST_IDS = "IDs were lost";

/** SQL: true if the next ID is above the ID in the parameter. Otherwise the whole batch fails. */
export function ifAboveKnown(parameter: string): string {
  // Outside of triggers, SQLite has no statement that raises an error. A wrong argument of a function does.
  return `CASE WHEN ${NEXT_EVENT_ID} <= ${parameter} THEN json_extract('{}', '${LOST_IDS}') ELSE 1 END`;
}

/** SQL: the ID of the next event. For a statement that inserts events, and for a statement before it. */
export const NEXT_EVENT_ID = `(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) + 1)`;

/**
 * SQL: the ID of the event at offset 0. For a statement after the one that inserts the events. Parameter ?3 is the
 * number of events.
 */
export const FIRST_EVENT_ID = `((SELECT seq FROM sqlite_sequence WHERE name = 'events') - ?3 + 1)`;

/** D1 takes at most 2 MB per parameter. Only a chunk with a single item can be larger than this limit. */
const MAX_CHUNK_BYTES = 1_000_000;

/** Splits an array into JSON arrays that each fit in one parameter. Returns no chunk for an empty array. */
export function jsonChunks(items: readonly unknown[]): string[] {
  const encoder = new TextEncoder();
  const chunks: string[] = [];
  let part: string[] = [];
  let bytes = 0;
  for (const item of items) {
    const json = JSON.stringify(item);
    const { byteLength } = encoder.encode(json);
    if (part.length > 0 && bytes + byteLength > MAX_CHUNK_BYTES) {
      chunks.push(`[${part.join(",")}]`);
      part = [];
      bytes = 0;
    }
    part.push(json);
    bytes += byteLength + 1;
  }
  if (part.length > 0) chunks.push(`[${part.join(",")}]`);
  return chunks;
}
