import { env } from "cloudflare:workers";
import { expect, it } from "vitest";

it("has the WITHOUT ROWID tables, which drizzle-kit does not generate", async () => {
  const { results } = await env.DB.prepare(
    "SELECT name FROM pragma_table_list WHERE type = 'table' AND wr = 1 AND schema = 'main' ORDER BY name",
  ).all<{ name: string }>();
  expect(results.map(({ name }) => name)).toEqual([
    "archive_directory",
    "attempts",
    "feed_entries",
    "idempotency_keys",
    "log_tiles",
    "log_witnesses",
    "slack_gates",
    "subscription_stats_hourly",
  ]);
});
