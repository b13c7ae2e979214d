import { env } from "cloudflare:workers";
import { isLogBehind, LOG_TRIGGERS } from "./log-watch.ts";

/** Part of the username of an event whose deliveries D1 cannot lease. The whole transaction of such a claim fails. */
export const UNCLAIMABLE = "unclaimable";

/**
 * Triggers that record what happens inside the service's transactions: changes of deliveries' states, the subscriptions
 * that existed when an event was recorded, their URLs, added failures, and the order in which a delivery was claimed,
 * made due again by an owner, and failed.
 */
const TRIGGERS = [
  `CREATE TABLE seen_changes (delivery_id, old_state, new_state, is_fresh)`,
  `CREATE TRIGGER see_changes AFTER UPDATE OF state ON deliveries BEGIN
    INSERT INTO seen_changes VALUES (new.id, old.state, new.state, new.attempts_before_schedule = new.attempts);
  END`,
  `CREATE TABLE seen_subscribers (event_id, subscription_id)`,
  `CREATE TRIGGER see_subscribers AFTER INSERT ON events BEGIN
    INSERT INTO seen_subscribers SELECT new.id, id FROM subscriptions WHERE project = new.json->>'state_project'
      AND (event_types IS NULL OR EXISTS (SELECT 1 FROM json_each(event_types) WHERE value = new.type));
  END`,
  `CREATE TRIGGER damage BEFORE UPDATE OF lease_token ON deliveries WHEN new.lease_token <> '' AND EXISTS (
    SELECT 1 FROM events WHERE id = new.event_id AND username LIKE '%${UNCLAIMABLE}%')
  BEGIN SELECT RAISE(ABORT, 'this row is damaged'); END`,
  `CREATE TABLE seen_marks (delivery_id, mark)`,
  `CREATE TRIGGER see_claims AFTER UPDATE OF attempts ON deliveries WHEN new.attempts > old.attempts BEGIN
    INSERT INTO seen_marks VALUES (new.id, 'claimed');
  END`,
  `CREATE TRIGGER see_fresh_schedules AFTER UPDATE OF attempts_before_schedule ON deliveries
  WHEN new.attempts = old.attempts AND new.attempts_before_schedule > old.attempts_before_schedule AND new.state = 'pending' BEGIN
    INSERT INTO seen_marks VALUES (new.id, 'revived');
  END`,
  `CREATE TRIGGER see_revivals AFTER UPDATE OF enabled ON subscriptions WHEN new.enabled AND NOT old.enabled BEGIN
    INSERT INTO seen_marks SELECT id, 'revived' FROM deliveries
      WHERE subscription_id = new.id AND state IN ('pending', 'held');
  END`,
  `CREATE TRIGGER see_ends AFTER UPDATE OF state ON deliveries WHEN new.state = 'failed' AND old.state <> 'failed' BEGIN
    INSERT INTO seen_marks VALUES (new.id, 'failed');
  END`,
  `CREATE TABLE seen_failures (subscription_id, added)`,
  `CREATE TRIGGER see_failures AFTER UPDATE OF consecutive_failures ON subscriptions
  WHEN new.consecutive_failures > old.consecutive_failures BEGIN
    INSERT INTO seen_failures VALUES (new.id, new.consecutive_failures - old.consecutive_failures);
  END`,
  `CREATE TABLE seen_urls (subscription_id, url)`,
  `CREATE TRIGGER see_new_urls AFTER INSERT ON subscriptions BEGIN INSERT INTO seen_urls VALUES (new.id, new.url); END`,
  `CREATE TRIGGER see_urls AFTER UPDATE OF url ON subscriptions BEGIN INSERT INTO seen_urls VALUES (new.id, new.url); END`,
];

/** Call once for each test file, because the tests of a file share a database. */
export async function installTriggers(): Promise<void> {
  await env.DB.batch([...TRIGGERS, ...LOG_TRIGGERS].map((sql) => env.DB.prepare(sql)));
}

export async function clearSeen(): Promise<void> {
  const tables = ["seen_changes", "seen_subscribers", "seen_urls", "seen_marks", "seen_failures"];
  tables.push("seen_trees", "seen_checkpoints", "seen_events");
  tables.push("sqlite_sequence"); // IDs start from 1 in each run
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}

/** When the sweep has something to do, in milliseconds since 1970. 0 means at once, undefined means never. */
export async function nextSweepAt(hasLog: boolean): Promise<number | undefined> {
  const row = await env.DB.prepare(
    `SELECT min(at) AS at FROM (
      SELECT min(sweep_at) AS at FROM deliveries WHERE state = 'pending'
      UNION ALL SELECT 0 FROM subscriptions WHERE release_mode IS NOT NULL AND enabled AND probe_delivery_id IS NULL
      UNION ALL SELECT 0 FROM recoveries WHERE finished_at IS NULL
      UNION ALL SELECT 0 FROM deleted_subscriptions)`,
  ).first<{ at: number | null }>();
  if (hasLog && (await isLogBehind())) return 0;
  return row?.at ?? undefined;
}

export interface StoredDelivery {
  id: number;
  event_id: number;
  subscription_id: number;
  state: string;
  attempts: number;
  created_at: number;
}

interface StoredSubscription {
  id: number;
  type: string;
  enabled: number;
  probe_delivery_id: number | null;
  release_mode: string | null;
}

interface StoredEvent {
  id: number;
  type: string;
  username: string;
  /** The number of feeds that contain it. */
  feeds: number;
}

/** The rows that the invariants are about. */
export interface Stored {
  deliveries: StoredDelivery[];
  attempts: { delivery_id: number; number: number; outcome: string }[];
  subscriptions: StoredSubscription[];
  events: StoredEvent[];
  /** Numbers of rows that must not exist at the end. */
  leftovers: { what: string; count: number }[];
  changes: { delivery_id: number; old_state: string; new_state: string; is_fresh: number }[];
  subscribers: { event_id: number; subscription_id: number }[];
  urls: { subscription_id: number; url: string }[];
  /** In the order in which the triggers made them. */
  marks: { delivery_id: number; mark: "claimed" | "revived" | "failed" }[];
  /**
   * For each subscription: attempts with a known outcome, failures among them, and the numbers that the service
   * counted.
   */
  counts: { subscription_id: number; attempts: number; failures: number; counted: number; counted_failures: number }[];
}

const QUERIES: Record<keyof Stored, string> = {
  deliveries: `SELECT id, event_id, subscription_id, state, attempts, created_at FROM deliveries ORDER BY id`,
  attempts: `SELECT delivery_id, number, outcome FROM attempts ORDER BY delivery_id, number`,
  subscriptions: `SELECT id, type, enabled, probe_delivery_id, release_mode FROM subscriptions`,
  events: `SELECT id, type, username, (SELECT count(*) FROM feed_entries WHERE event_id = events.id) AS feeds FROM events`,
  leftovers: `SELECT 'running recoveries' AS what, count(*) AS count FROM recoveries WHERE finished_at IS NULL
    UNION ALL SELECT 'deleted subscriptions with deliveries to cancel', count(*) FROM deleted_subscriptions
    UNION ALL SELECT 'feed entries without their event', count(*) FROM feed_entries
      WHERE event_id NOT IN (SELECT id FROM events)
    UNION ALL SELECT 'deliveries without their event', count(*) FROM deliveries
      WHERE event_id NOT IN (SELECT id FROM events)
        AND event_id > coalesce((SELECT boundary FROM archive_state), 0)`,
  changes: `SELECT * FROM seen_changes ORDER BY rowid`,
  subscribers: `SELECT * FROM seen_subscribers`,
  urls: `SELECT * FROM seen_urls`,
  marks: `SELECT * FROM seen_marks ORDER BY rowid`,
  counts: `SELECT d.subscription_id, count(*) AS attempts,
      sum(a.outcome IN ('retry', 'gone')) AS failures,
      coalesce((SELECT sum(delivered + retried + failed) FROM subscription_stats_hourly h
        WHERE h.subscription_id = d.subscription_id), 0) AS counted,
      coalesce((SELECT sum(added) FROM seen_failures f WHERE f.subscription_id = d.subscription_id), 0) AS counted_failures
    FROM attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE a.duration_ms IS NOT NULL GROUP BY 1`,
};

export async function readStored(): Promise<Stored> {
  const names = Object.keys(QUERIES) as (keyof Stored)[];
  const results = await env.DB.batch(names.map((name) => env.DB.prepare(QUERIES[name])));
  const tables = names.map((name, index) => [name, results[index]?.results ?? []]);
  return Object.fromEntries(tables) as Stored; // each query has the columns of its type
}
