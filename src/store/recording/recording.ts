import type { EventType, NewEvent } from "../../schemas/event.ts";
import type { FeedName } from "../events/feeds.ts";
import type { KeyClaim } from "./idempotency-keys.ts";

/** What one request records. Events go by their offset in the request: their IDs are known at commit only. */
export interface Recording {
  events: (NewEvent & { timestamp: string })[];
  /** For each scope its feeds, and for each feed the offsets of the events that go there. */
  feeds: [scope: string, feeds: [kind: FeedName[0], name: string, offsets: number[]][]][];
  /** For each project the events that its subscriptions may be told of. */
  eventsByProject: [project: string, events: [offset: number, type: EventType, allowedGroups: string[] | null][]][];
  keyClaim?: KeyClaim | undefined;
  now: number;
  /** When the sweep shall look after deliveries whose first hint was lost. */
  sweepAt: number;
}

/** For a statement after the events': the ID of the event at offset 0. Its parameter ?3 is the number of events. */
export const FIRST_EVENT_ID = `((SELECT seq FROM sqlite_sequence WHERE name = 'events') - ?3 + 1)`;
