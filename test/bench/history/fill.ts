import { createHash } from "node:crypto";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { scopePath, eventScopes } from "../../../src/domain/access/scope-path.ts";
import { eventFeeds } from "../../../src/domain/access/visibility.ts";
import { nsToMs } from "../../../src/lib/time.ts";
import { BEFORE_ID, eventJsonAfterId } from "../../../src/schemas/event-json.ts";
import { Entries } from "./entries.ts";
import type { PastEvent } from "./past-events.ts";

const EVENTS_PER_TRANSACTION = 50_000;
const ENTRIES_PER_TRANSACTION = 2_000_000;

/**
 * The order in which feed entries are inserted. The service inserts them as recorded, which is slow in a large table.
 */
type Order = "by feed" | "as recorded";

export interface Filled {
  events: number;
  entries: number;
  feeds: number;
}

/** Inserts the rows of events directly into an empty database, without the service. */
export async function fill(
  file: string,
  count: number,
  eventOf: (number: number) => PastEvent,
  order: Order = "by feed",
): Promise<Filled> {
  using db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000");
  const insertEvent = db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)");
  const insertEntry = db.prepare("INSERT INTO feed_entries (feed_id, event_id) VALUES (?, ?)");
  const feeds = new FeedIds();
  const entries = new Entries();
  const addEntry =
    order === "by feed" ? entries.add.bind(entries) : (feed: number, event: number) => insertEntry.run(feed, event);
  for (let from = 0; from < count; from += EVENTS_PER_TRANSACTION) {
    db.exec("BEGIN");
    for (let number = from; number < Math.min(count, from + EVENTS_PER_TRANSACTION); number++) {
      const event = eventOf(number);
      insertEvent.run(...rowOf(number + 1, event));
      feeds.ofEvent(event, (feedId) => addEntry(feedId, number + 1));
    }
    db.exec("COMMIT");
    await setImmediate(); // so that signals are handled
  }
  insertFeeds(db, feeds);
  await insertByFeed(db, insertEntry, entries, feeds.names.length);
  const counted = db.prepare("SELECT count(*) AS entries FROM feed_entries").get() as { entries: number };
  db.exec("PRAGMA journal_mode = WAL");
  return { events: count, feeds: feeds.names.length, entries: counted.entries };
}

function rowOf(id: number, event: PastEvent): (string | number | Uint8Array)[] {
  const recordedAt = nsToMs(event.timestamp);
  const json = jsonOf(id, event);
  const opening = createHash("sha256").update(json).digest(); // like random bytes, but the same in each run
  return [id, event.type, event.timestamp, event.username, recordedAt, opening, json];
}

/** The text that the service stores and serves. */
export function jsonOf(id: number, event: PastEvent): string {
  const rest = eventJsonAfterId({ ...event, data: JSON.stringify(event.data) }, nsToMs(event.timestamp));
  return `${BEFORE_ID}${id}${rest}`;
}

function insertFeeds(db: DatabaseSync, { names }: FeedIds): void {
  const insert = db.prepare("INSERT INTO feeds (id, scope, kind, name) VALUES (?, ?, ?, ?)");
  db.exec("BEGIN");
  for (const [index, name] of names.entries()) insert.run(index + 1, ...name);
  db.exec("COMMIT");
}

async function insertByFeed(db: DatabaseSync, insert: StatementSync, entries: Entries, feeds: number): Promise<void> {
  let inTransaction = 0;
  db.exec("BEGIN");
  for (const [feedId, eventIds] of entries.byFeed(feeds)) {
    for (const eventId of eventIds) insert.run(feedId, eventId);
    inTransaction += eventIds.length;
    if (inTransaction < ENTRIES_PER_TRANSACTION) continue;
    inTransaction = 0;
    db.exec("COMMIT");
    await setImmediate();
    db.exec("BEGIN");
  }
  db.exec("COMMIT");
}

/** The feeds by the service's rules. They are numbered from 1 in the order of their first use. */
class FeedIds {
  readonly names: [scope: string, kind: string, name: string][] = [];
  readonly #audiences = new Map<string, number>();
  readonly #scopes = new Map<string, { path: string; feedIds: number[] }>();
  readonly #scopesOfPlaces = new Map<string, { path: string; feedIds: number[] }[]>();

  ofEvent(event: PastEvent, each: (feedId: number) => void): void {
    const audience = eventFeeds(event).map(([kind, name]) => ({ kind, name, number: this.#audience(kind, name) }));
    for (const { path, feedIds } of this.#scopesAt(event)) {
      for (const { kind, name, number } of audience) {
        each((feedIds[number] ??= this.names.push([path, kind, name])));
      }
    }
  }

  #audience(kind: string, name: string): number {
    const key = `${kind}/${name}`;
    const number = this.#audiences.get(key) ?? this.#audiences.size;
    this.#audiences.set(key, number);
    return number;
  }

  #scopesAt(event: PastEvent) {
    const key = `${event.inventory_project}/${event.inventory_application}/${event.inventory_version}/${event.state_project}/${event.state_environment}/${event.state_deployment}`;
    const known = this.#scopesOfPlaces.get(key);
    if (known !== undefined) return known;
    const scopes = eventScopes(event).map((scope) => this.#scope(scopePath(scope)));
    this.#scopesOfPlaces.set(key, scopes);
    return scopes;
  }

  #scope(path: string) {
    const scope = this.#scopes.get(path) ?? { path, feedIds: [] };
    this.#scopes.set(path, scope);
    return scope;
  }
}
