import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { emptyBucket } from "./bucket.ts";

// This runs before each test file. Files share a runtime and its database, and each file needs empty tables and IDs
// from 1.
const { results } = await env.DB.prepare(
  `SELECT type, name FROM sqlite_master WHERE type IN ('table', 'trigger') AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'
  ORDER BY type DESC`, // triggers first, because dropping a table drops its triggers
).all<{ type: string; name: string }>();
if (results.length > 0) await env.DB.batch(results.map(({ type, name }) => env.DB.prepare(`DROP ${type} ${name}`)));

await applyD1Migrations(env.DB, env.MIGRATIONS);
await emptyBucket();

// The edge cache also lasts longer than a test file. IDs start from 1 again, so a file would find the pages of other
// files in the cache. This variable is part of the cache keys.
env.INTERNAL_TOKEN = `test-producer-token, test-producer-token-rotated, ${crypto.randomUUID()}`;
