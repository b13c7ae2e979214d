import { writeJson } from "../../lib/json-writer.ts";
import { LEVELS } from "../../schemas/scope.ts";
import type { Database } from "../database.ts";
import { fanOutToSubscriptions } from "./fan-out.ts";
import { insertFeedEntries } from "./feed-entries.ts";
import { claimKey, ifKeyIsMine, keyParameters, type KeyHolder } from "./idempotency-keys.ts";
import { jsonChunks, type Recording } from "./recording.ts";

export interface Recorded {
  /** The ID of the event at offset 0; the others follow without a gap. */
  firstEventId: number;
  /** Without those that were inserted as held. */
  pendingDeliveryIds: number[];
  /** With a key claim only. If another request holds the key, nothing was recorded. */
  keyHolder?: KeyHolder;
}

/** One transaction: the key, the events, their feed entries and their deliveries. D1 rolls back a batch as a whole. */
export async function insertRecording(db: Database, recording: Recording): Promise<Recorded> {
  const { keyClaim, now } = recording;
  const deliveries = await fanOutToSubscriptions(db, recording);
  const before = [
    ...(keyClaim === undefined ? [] : [claimKey(db, keyClaim, now)]),
    ...insertEvents(db, recording),
    ...insertFeedEntries(db, recording),
  ];
  const results = await db.batch<OutcomeRow & DeliveryRow>([...before, ...deliveries, selectOutcome(db, recording)]);
  const outcome = results.at(-1)?.results[0];
  if (outcome === undefined) throw new Error("the recording batch returned no row for its last statement");
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

function insertEvents(db: Database, recording: Recording): D1PreparedStatement[] {
  const values = recording.events.map((event) => [
    event.type,
    event.timestamp,
    event.username,
    ...LEVELS.map(({ name }) => event[name]),
    event.allowed_groups && writeJson(event.allowed_groups),
    event.data,
  ]);
  const statement = db.prepare(
    `INSERT INTO events (type, timestamp, username, ${LEVELS.map(({ name }) => name).join(", ")}, allowed_groups, data)
    SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5,
      value->>6, value->>7, value->>8, value->>9, value->>10
    FROM json_each(${ifKeyIsMine("?3")}) ORDER BY key`,
  );
  return jsonChunks(values).map((chunk) => statement.bind(...keyParameters(recording.keyClaim), chunk));
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
