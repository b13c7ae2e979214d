import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { emptyBucket } from "./bucket.ts";

// Before each test file: files share a runtime, and so its database. It begins empty, with the first IDs.
const { results } = await env.DB.prepare(
  `SELECT type, name FROM sqlite_master WHERE type IN ('table', 'trigger') AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'
  ORDER BY type DESC`, // triggers first: they are gone with their tables
).all<{ type: string; name: string }>();
if (results.length > 0) await env.DB.batch(results.map(({ type, name }) => env.DB.prepare(`DROP ${type} ${name}`)));

await applyD1Migrations(env.DB, env.MIGRATIONS);
await emptyBucket();

// The edge's cache outlives a file too, and IDs that begin anew would find the pages of other files in it. Its keys are
// made with this variable.
env.INTERNAL_TOKEN = `test-producer-token, test-producer-token-rotated, ${crypto.randomUUID()}`;
