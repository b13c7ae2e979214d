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

/** For `json_each`: a parameter, or nothing to read where the key is another request's. */
function ifMine(parameter: string): string {
  return `CASE WHEN ${KEY_IS_MINE} THEN ${parameter} END`;
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
    FROM json_each(${ifMine("?3")}) ORDER BY key`,
  );
  return jsonChunks(values).map((chunk) => statement.bind(...keyParameters(recording), chunk));
}

/** CROSS JOIN keeps SQLite from turning the loops round: feeds first would read every feed for each entry. */
function insertFeedEntries(db: Database, recording: Recording): D1PreparedStatement[] {
  const key = keyParameters(recording);
  const feeds = db.prepare(
    `INSERT OR IGNORE INTO feeds (scope, kind, name)
    SELECT ?3->>(value->>0), ?3->>(value->>1), ?3->>(value->>2) FROM json_each(${ifMine("?4")})`,
  );
  const entries = db.prepare(
    `INSERT INTO feed_entries (feed_id, event_id)
    SELECT f.id, ${FIRST_EVENT_ID} + (e.value->>3) FROM json_each(${ifMine("?5")}) e
    CROSS JOIN feeds f ON f.scope = ?4->>(e.value->>0) AND f.kind = ?4->>(e.value->>1) AND f.name = ?4->>(e.value->>2)`,
  );
  return feedChunks(recording.feeds).flatMap((chunk) => {
    const texts = JSON.stringify([...chunk.places.keys()]);
    return [
      feeds.bind(...key, texts, JSON.stringify(chunk.feeds)),
      entries.bind(...key, recording.events.length, texts, JSON.stringify(chunk.entries)),
    ];
  });
}

/** Feeds by the places of their texts: a large request would repeat each scope and name a hundred times over. */
interface FeedChunk {
  places: Map<string, number>;
  textBytes: number;
  feeds: number[][];
  /** A feed's three places and an event's offset. */
  entries: number[][];
}

/** SQLite walks to a text's place, so more texts cost more time; D1 takes 2 MB a parameter. */
const MAX_TEXTS = 1_000;
const MAX_TEXT_BYTES = 900_000;

function feedChunks(feeds: Recording["feeds"]): FeedChunk[] {
  const chunks: FeedChunk[] = [];
  for (const [scope, feedsOfScope] of feeds) {
    for (const [kind, name, offsets] of feedsOfScope) {
      let chunk = chunks.at(-1);
      if (chunk === undefined || chunk.places.size > MAX_TEXTS || chunk.textBytes > MAX_TEXT_BYTES) {
        chunk = { places: new Map(), textBytes: 0, feeds: [], entries: [] };
        chunks.push(chunk);
      }
      const feed = [placeOf(scope, chunk), placeOf(kind, chunk), placeOf(name, chunk)];
      chunk.feeds.push(feed);
      for (const offset of offsets) chunk.entries.push([...feed, offset]);
    }
  }
  return chunks;
}

function placeOf(text: string, chunk: FeedChunk): number {
  const known = chunk.places.get(text);
  if (known !== undefined) return known;
  chunk.textBytes += new TextEncoder().encode(JSON.stringify(text)).byteLength;
  chunk.places.set(text, chunk.places.size);
  return chunk.places.size - 1;
}

/**
 * One for each event and each subscription of its projects that takes its type and may be told of it. A row of
 * `json_each` is a row read, and pairs are many: so each subscription is read once, and the events that it is told of
 * are looked up by path, for numbers that are constants of the statement.
 */
function insertDeliveries(db: Database, recording: Recording): D1PreparedStatement[] {
  const { events, notices, now, sweepAt } = recording;
  const mostGroups = Math.max(...events.map(({ allowed_groups = [] }) => allowed_groups.length));
  const statement = db.prepare(
    `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
    SELECT ${FIRST_EVENT_ID} + told.value, s.id, s.project, iif(s.enabled, 'pending', 'held'), ?5, ?6, ?5
    FROM json_each(${ifMine("?4")}) p
    CROSS JOIN subscriptions s ON s.project = ?4->>('$[' || p.key || '][0]')
    CROSS JOIN json_each((
      SELECT json_group_array(?4->>(e.path || '[0]'))
      FROM (SELECT '$[' || p.key || '][1][' || column1 || ']' AS path FROM (${numbersBelow(events.length)})) e
      WHERE json_type(?4, e.path) IS NOT NULL
        AND (s.event_types IS NULL OR instr(s.event_types, ?4->(e.path || '[1]')))
        AND (json_type(?4, e.path || '[2]') = 'null' OR EXISTS (
          SELECT 1 FROM (SELECT ?4->(e.path || '[2][' || column1 || ']') AS name FROM (${numbersBelow(mostGroups)})) g
          WHERE ${isListed("g.name", "s.allowed_groups")}))
    )) told
    RETURNING id, state`,
  );
  return jsonChunks(notices).map((chunk) =>
    statement.bind(...keyParameters(recording), events.length, chunk, now, sweepAt),
  );
}

/** For a FROM; `column1` counts from 0. Holds 0 at least, for SQL has no empty list. */
function numbersBelow(count: number): string {
  return `VALUES ${Array.from({ length: Math.max(1, count) }, (_, number) => `(${number})`).join(", ")}`;
}

/**
 * Whether a JSON array holds a JSON string, both as `JSON.stringify` writes them. A quote right after `[` or `,` opens
 * an element, or closes one that ends in that character; what follows the latter is `,"`, so it passes for no element
 * but ",", which is looked for in full.
 */
function isListed(text: string, array: string): string {
  return `(instr(${array}, ',' || ${text}) OR instr(${array}, '[' || ${text}))
            AND (${text} <> '","' OR EXISTS (SELECT 1 FROM json_each(${array}) WHERE value = ','))`;
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
