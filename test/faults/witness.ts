import { env } from "cloudflare:workers";

/**
 * What D1 itself saw, within the transactions of the service: each change of a delivery's state, the subscriptions that
 * were there for an event when it was recorded, and the URLs that they had.
 */
const WITNESS = [
  `CREATE TABLE seen_changes (delivery_id, old_state, new_state, is_fresh)`,
  `CREATE TRIGGER see_changes AFTER UPDATE OF state ON deliveries BEGIN
    INSERT INTO seen_changes VALUES (new.id, old.state, new.state, new.schedule_from = new.attempts);
  END`,
  `CREATE TABLE seen_subscribers (event_id, subscription_id)`,
  `CREATE TRIGGER see_subscribers AFTER INSERT ON events BEGIN
    INSERT INTO seen_subscribers SELECT new.id, id FROM subscriptions WHERE project = new.state_project
      AND (event_types IS NULL OR EXISTS (SELECT 1 FROM json_each(event_types) WHERE value = new.type));
  END`,
  `CREATE TABLE seen_urls (subscription_id, url)`,
  `CREATE TRIGGER see_new_urls AFTER INSERT ON subscriptions BEGIN INSERT INTO seen_urls VALUES (new.id, new.url); END`,
  `CREATE TRIGGER see_urls AFTER UPDATE OF url ON subscriptions BEGIN INSERT INTO seen_urls VALUES (new.id, new.url); END`,
];

/** Once a test file: its tests share a database. */
export async function watch(): Promise<void> {
  await env.DB.batch(WITNESS.map((sql) => env.DB.prepare(sql)));
}

export async function forgetWhatWasSeen(): Promise<void> {
  const tables = ["seen_changes", "seen_subscribers", "seen_urls", "sqlite_sequence"]; // IDs start from 1 in each run
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}

/** When the sweep has something to do, in milliseconds since 1970: 0 is at once. Undefined where nothing waits for it. */
export async function nextSweepAt(): Promise<number | undefined> {
  const row = await env.DB.prepare(
    `SELECT min(at) AS at FROM (
      SELECT min(sweep_at) AS at FROM deliveries WHERE state = 'pending'
      UNION ALL SELECT 0 FROM subscriptions WHERE releasing IS NOT NULL AND enabled AND probe_id IS NULL
      UNION ALL SELECT 0 FROM recoveries WHERE finished_at IS NULL
      UNION ALL SELECT 0 FROM deleted_subscriptions)`,
  ).first<{ at: number | null }>();
  return row?.at ?? undefined;
}

export interface StoredDelivery {
  id: number;
  event_id: number;
  subscription_id: number;
  state: string;
  attempts: number;
}

interface StoredSubscription {
  id: number;
  type: string;
  enabled: number;
  probe_id: number | null;
  releasing: string | null;
}

interface StoredEvent {
  id: number;
  username: string;
  /** How many feeds it is in. */
  feeds: number;
}

/** Everything that the invariants look at. */
export interface Stored {
  deliveries: StoredDelivery[];
  attempts: { delivery_id: number; number: number; outcome: string }[];
  subscriptions: StoredSubscription[];
  events: StoredEvent[];
  /** What should not be there when all is done. */
  leftovers: { what: string; count: number }[];
  changes: { delivery_id: number; old_state: string; new_state: string; is_fresh: number }[];
  subscribers: { event_id: number; subscription_id: number }[];
  urls: { subscription_id: number; url: string }[];
}

const QUERIES: Record<keyof Stored, string> = {
  deliveries: `SELECT id, event_id, subscription_id, state, attempts FROM deliveries ORDER BY id`,
  attempts: `SELECT delivery_id, number, outcome FROM attempts ORDER BY delivery_id, number`,
  subscriptions: `SELECT id, type, enabled, probe_id, releasing FROM subscriptions`,
  events: `SELECT id, username, (SELECT count(*) FROM feed_entries WHERE event_id = events.id) AS feeds FROM events`,
  leftovers: `SELECT 'running recoveries' AS what, count(*) AS count FROM recoveries WHERE finished_at IS NULL
    UNION ALL SELECT 'deleted subscriptions with deliveries to cancel', count(*) FROM deleted_subscriptions
    UNION ALL SELECT 'feed entries without their event', count(*) FROM feed_entries
      WHERE event_id NOT IN (SELECT id FROM events)
    UNION ALL SELECT 'deliveries without their event', count(*) FROM deliveries
      WHERE event_id NOT IN (SELECT id FROM events)`,
  changes: `SELECT * FROM seen_changes ORDER BY rowid`,
  subscribers: `SELECT * FROM seen_subscribers`,
  urls: `SELECT * FROM seen_urls`,
};

export async function readStored(): Promise<Stored> {
  const names = Object.keys(QUERIES) as (keyof Stored)[];
  const results = await env.DB.batch(names.map((name) => env.DB.prepare(QUERIES[name])));
  const tables = names.map((name, index) => [name, results[index]?.results ?? []]);
  return Object.fromEntries(tables) as Stored; // each of the queries above gives the columns of its type
}
