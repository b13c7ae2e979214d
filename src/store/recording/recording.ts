import type { EventType, NewEvent } from "../../schemas/event.ts";
import type { FeedName } from "../events/feeds.ts";
import type { KeyClaim } from "./idempotency-keys.ts";

/** An event to be recorded, with everything but its ID. */
interface RecordedEvent extends NewEvent {
  timestamp: string;
  /** 32 random bytes, in hex. */
  opening: string;
}

/** What one request records. Events are named by their offset in the request: their IDs are known only at commit. */
export interface Recording {
  events: RecordedEvent[];
  /** For each scope its feeds, and for each feed the offsets of the events that go into it. */
  feeds: [scope: string, feeds: [kind: FeedName[0], name: string, offsets: number[]][]][];
  /**
   * For each project the events that its subscriptions may receive. `allowedGroups` null: everyone may see the event.
   */
  eventsByProject: [project: string, events: [offset: number, type: EventType, allowedGroups: string[] | null][]][];
  keyClaim?: KeyClaim | undefined;
  /** An ID that has been given. If the next one is not above it, D1 was restored to an earlier time. */
  lastKnownId: number;
  /** Also the time at which the events are recorded. */
  now: number;
  /** When the sweep hints the deliveries again that are still pending. */
  sweepAt: number;
}

/** D1 would give an ID that has been given before: it was restored to an earlier time. Nothing was recorded. */
export class LostIds extends Error {}

/** In the message of the error by which D1 rolls a batch back that would give a known ID. */
export const LOST_IDS = "IDs were lost";

/** True if the next ID is above the one in the parameter; else the whole batch fails. */
export function ifAboveKnown(parameter: string): string {
  // SQLite: outside triggers, the argument of a function is what a statement can fail with by a message of its own.
  return `CASE WHEN ${NEXT_EVENT_ID} <= ${parameter} THEN json_extract('{}', '${LOST_IDS}') ELSE 1 END`;
}

/** The ID that the next event gets, for a statement that inserts events, or one before it. */
export const NEXT_EVENT_ID = `(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) + 1)`;

/**
 * The ID of the event at offset 0, for a statement after the one that inserts the events. Parameter ?3 is the number of
 * events.
 */
export const FIRST_EVENT_ID = `((SELECT seq FROM sqlite_sequence WHERE name = 'events') - ?3 + 1)`;

/** D1 takes 2 MB per parameter; half of that leaves room for one more item. */
const MAX_CHUNK_BYTES = 1_000_000;

/** Splits an array into JSON arrays that each fit in one parameter. None for an empty array. */
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
