import { BEFORE_ID, eventJsonAfterId } from "../../schemas/event-json.ts";
import type { Database } from "../database.ts";
import { fanOutToSubscriptions } from "./fan-out.ts";
import { insertFeedEntries } from "./feed-entries.ts";
import { claimKey, ifKeyIsMine, keyParameters, type KeyHolder } from "./idempotency-keys.ts";
import { ifAboveKnown, jsonChunks, LOST_IDS, LostIds, NEXT_EVENT_ID, type Recording } from "./recording.ts";

export interface Recorded {
  /** The ID of the event at offset 0. The IDs of the other events follow without a gap. */
  firstEventId: number;
  /** Deliveries that were inserted as held are not included. */
  pendingDeliveryIds: number[];
  /** True if a stream is enabled, which may carry the events. */
  hasStreams: boolean;
  /** Set only if the recording has a key claim. If another request holds the key, nothing was recorded. */
  keyHolder?: KeyHolder;
}

/**
 * Inserts the key, the events, their feed entries and their deliveries in one transaction. If a statement fails, D1
 * rolls back the whole batch.
 * @throws LostIds if D1 was restored to an earlier time
 */
export async function insertRecording(db: Database, recording: Recording): Promise<Recorded> {
  const { keyClaim, now } = recording;
  const deliveries = await fanOutToSubscriptions(db, recording);
  const before = [
    ...(keyClaim === undefined ? [] : [claimKey(db, keyClaim, now)]),
    ...insertEvents(db, recording),
    ...insertFeedEntries(db, recording),
  ];
  const statements = [...before, ...deliveries, selectOutcome(db, recording)];
  const results = await db.batch<OutcomeRow & DeliveryRow>(statements).catch((error: unknown) => {
    throw error instanceof Error && error.message.includes(LOST_IDS) ? new LostIds() : error;
  });
  const outcome = results.at(-1)?.results[0];
  if (outcome === undefined) throw new Error("the recording batch returned no row for its last statement");
  const inserted = results.slice(before.length, -1).flatMap(({ results: rows }) => rows);
  return {
    firstEventId: outcome.first_event_id,
    pendingDeliveryIds: inserted.filter(({ state }) => state === "pending").map(({ id }) => id),
    hasStreams: outcome.has_streams === 1,
    ...(keyClaim && { keyHolder: { requestId: outcome.request_id, bodyHash: outcome.body_hash } }),
  };
}

interface OutcomeRow {
  first_event_id: number;
  request_id: string;
  body_hash: string;
  has_streams: number;
}

interface DeliveryRow {
  id: number;
  state: string;
}

/**
 * The ID is also part of the event's JSON, so it is computed here and not left to AUTOINCREMENT. SQLite increases the
 * sequence only at the end of the statement. So `NEXT_EVENT_ID` is the same for all events of a chunk, and the next
 * chunk continues after them.
 */
function insertEvents(db: Database, { events, keyClaim, now, lastKnownId }: Recording): D1PreparedStatement[] {
  const values = events.map((event) => [
    event.type,
    event.timestamp,
    event.username,
    event.opening,
    eventJsonAfterId(event, now),
  ]);
  const statement = db.prepare(
    `INSERT INTO events (id, type, timestamp, username, recorded_at, opening, json)
    SELECT ${NEXT_EVENT_ID} + key, value->>0, value->>1, value->>2, ?4, unhex(value->>3),
      '${BEFORE_ID}' || (${NEXT_EVENT_ID} + key) || (value->>4)
    FROM json_each(${ifKeyIsMine("?3")}) WHERE ${ifAboveKnown("?5")}`,
  );
  return jsonChunks(values).map((chunk) => statement.bind(...keyParameters(keyClaim), chunk, now, lastKnownId));
}

const HAS_STREAMS = `EXISTS (SELECT 1 FROM streams WHERE enabled) AS has_streams`;

function selectOutcome(db: Database, { keyClaim, events }: Recording): D1PreparedStatement {
  if (keyClaim !== undefined) {
    return db
      .prepare(`SELECT request_id, body_hash, first_event_id, ${HAS_STREAMS} FROM idempotency_keys WHERE key = ?1`)
      .bind(keyClaim.key);
  }
  return db
    .prepare(`SELECT seq - ?1 + 1 AS first_event_id, ${HAS_STREAMS} FROM sqlite_sequence WHERE name = 'events'`)
    .bind(events.length);
}
