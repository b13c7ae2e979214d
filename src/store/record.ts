import type { EventType, NewEvent } from "../schemas/event.ts";
import type { Database } from "./database.ts";
import type { FeedName } from "./feeds.ts";
import { claimKey, KEY_IS_MINE, type KeyClaim, type KeyHolder } from "./idempotency.ts";
import { jsonChunks } from "./json-chunks.ts";

/** What one request records. Events go by their offset in the request: their IDs are known at commit only. */
export interface Recording {
  events: (NewEvent & { timestamp: string })[];
  /** For each scope its feeds, and for each feed the offsets of the events that go there. */
  feeds: [scope: string, feeds: [kind: FeedName[0], name: string, offsets: number[]][]][];
  /** For each project the events that its subscriptions may be told of. */
  notices: [project: string, events: [offset: number, type: EventType, allowedGroups: string[] | null][]][];
  keyClaim?: KeyClaim | undefined;
  now: number;
  /** When the sweep shall look after deliveries whose first hint was lost. */
  sweepAt: number;
}

export interface Recorded {
  /** Of the event at offset 0; the others follow without a gap. */
  firstEventId: number;
  /** Those of disabled subscriptions are held, and not among them. */
  pendingDeliveryIds: number[];
  /** Whose the key is now; where it is another request's, nothing was recorded. */
  keyHolder?: KeyHolder;
}

/** One transaction: the key, the events, their feed entries, their deliveries. D1 rolls a batch back whole. */
export async function insertRecording(db: Database, recording: Recording): Promise<Recorded> {
  const { keyClaim, now } = recording;
  const deliveries = insertDeliveries(db, recording);
  const before = [
    ...(keyClaim === undefined ? [] : [claimKey(db, keyClaim, now)]),
    ...insertEvents(db, recording),
    ...insertFeedEntries(db, recording),
  ];
  const results = await db.batch<OutcomeRow & DeliveryRow>([...before, ...deliveries, selectOutcome(db, recording)]);
  const outcome = results.at(-1)?.results[0];
  if (outcome === undefined) throw new Error("the batch that records came back without its last row");
  const inserted = results.slice(before.length, -1).flatMap(({ results: rows }) => rows);
  return {
    firstEventId: outcome.first_event_id,
    pendingDeliveryIds: inserted.filter(({ state }) => state === "pending").map(({ id }) => id),
    ...(keyClaim && { keyHolder: { requestId: outcome.request_id, bodyHash: outcome.body_hash } }),
  };
}

interface OutcomeRow {
  first_event_id: number;
  request_id: string;
  body_hash: string;
}

interface DeliveryRow {
  id: number;
  state: string;
}

/** The ID of the event at offset 0, once `insertEvents` ran; ?3 is the number of events. */
const FIRST_EVENT_ID = `((SELECT seq FROM sqlite_sequence WHERE name = 'events') - ?3 + 1)`;

function keyParameters({ keyClaim }: Recording): [key: string | null, requestId: string | null] {
  return [keyClaim?.key ?? null, keyClaim?.requestId ?? null];
}

function insertEvents(db: Database, recording: Recording): D1PreparedStatement[] {
  const values = recording.events.map((event) => [
    event.type,
    event.timestamp,
    event.username,
    event.inventory_project,
    event.inventory_application,
    event.inventory_version,
    event.state_project,
    event.state_environment,
    event.state_deployment,
    event.allowed_groups && JSON.stringify(event.allowed_groups),
    event.data,
  ]);
  const statement = db.prepare(
    `INSERT INTO events (type, timestamp, username, inventory_project, inventory_application, inventory_version,
      state_project, state_environment, state_deployment, allowed_groups, data)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5,
      value->>6, value->>7, value->>8, value->>9, value->>10
    FROM json_each(?3) WHERE ${KEY_IS_MINE} ORDER BY key`,
  );
  return jsonChunks(values).map((chunk) => statement.bind(...keyParameters(recording), chunk));
}

/** CROSS JOIN keeps SQLite from turning the loops round: feeds first would read every feed for each entry. */
function insertFeedEntries(db: Database, recording: Recording): D1PreparedStatement[] {
  const key = keyParameters(recording);
  const feeds = db.prepare(
    `INSERT OR IGNORE INTO feeds (scope, kind, name)
    SELECT s.value->>0, g.value->>0, g.value->>1
    FROM json_each(?3) s CROSS JOIN json_each(s.value, '$[1]') g WHERE ${KEY_IS_MINE}`,
  );
  const entries = db.prepare(
    `INSERT INTO feed_entries (feed_id, event_id)
    SELECT f.id, ${FIRST_EVENT_ID} + e.value
    FROM json_each(?4) s CROSS JOIN json_each(s.value, '$[1]') g
    CROSS JOIN feeds f ON f.scope = s.value->>0 AND f.kind = g.value->>0 AND f.name = g.value->>1
    CROSS JOIN json_each(g.value, '$[2]') e WHERE ${KEY_IS_MINE}`,
  );
  return jsonChunks(recording.feeds).flatMap((chunk) => [
    feeds.bind(...key, chunk),
    entries.bind(...key, recording.events.length, chunk),
  ]);
}

/** One for each event and each subscription of its projects that takes its type and may be told of it. */
function insertDeliveries(db: Database, recording: Recording): D1PreparedStatement[] {
  const statement = db.prepare(
    `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
    SELECT ${FIRST_EVENT_ID} + (e.value->>0), s.id, s.project, iif(s.enabled, 'pending', 'held'), ?5, ?6, ?5
    FROM json_each(?4) p
    CROSS JOIN subscriptions s ON s.project = p.value->>0
    CROSS JOIN json_each(p.value, '$[1]') e
    WHERE ${KEY_IS_MINE}
      AND (s.event_types IS NULL OR (e.value->>1) IN (SELECT value FROM json_each(s.event_types)))
      AND ((e.value->>2) IS NULL OR EXISTS (
        SELECT 1 FROM json_each(s.allowed_groups) mine JOIN json_each(e.value, '$[2]') theirs ON mine.value = theirs.value))
    RETURNING id, state`,
  );
  const { events, notices, now, sweepAt } = recording;
  return jsonChunks(notices).map((chunk) =>
    statement.bind(...keyParameters(recording), events.length, chunk, now, sweepAt),
  );
}

function selectOutcome(db: Database, { keyClaim, events }: Recording): D1PreparedStatement {
  if (keyClaim !== undefined) {
    return db
      .prepare(`SELECT request_id, body_hash, first_event_id FROM idempotency_keys WHERE key = ?1`)
      .bind(keyClaim.key);
  }
  return db
    .prepare(`SELECT seq - ?1 + 1 AS first_event_id FROM sqlite_sequence WHERE name = 'events'`)
    .bind(events.length);
}
