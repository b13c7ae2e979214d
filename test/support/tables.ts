import { env } from "cloudflare:workers";
import { emptyBucket } from "./bucket.ts";

export const TABLES = [
  "events",
  "feeds",
  "feed_entries",
  "idempotency_keys",
  "subscription_sets",
  "subscriptions",
  "deliveries",
  "attempts",
  "recoveries",
  "deleted_subscriptions",
  "slack_gates",
  "subscription_stats_hourly",
  "log_state",
  "log_runs",
  "log_bundles",
  "log_tiles",
  "log_witnesses",
  "archive_state",
  "archive_segments",
  "archive_directory",
  "archive_move",
  "streams",
  "stream_changes",
] as const;

/** Empties every table, and the bucket. IDs continue, as in production. */
export async function forgetEverything(): Promise<void> {
  await env.DB.batch(TABLES.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  await emptyBucket();
}

/** Everything that is stored. A test compares it to see that a request stored nothing. */
export async function everythingStored(): Promise<Record<string, unknown[]>> {
  const contents = await env.DB.batch(TABLES.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)));
  return Object.fromEntries(TABLES.map((table, index) => [table, contents[index]?.results ?? []]));
}
