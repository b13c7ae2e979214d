import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        bindings: {
          MIGRATIONS: await readD1Migrations("migrations"),
          JWT_SECRET: "a-test-secret-of-more-than-32-bytes",
          INTERNAL_TOKEN: "test-producer-token, test-producer-token-rotated",
          ALLOW_LOCAL_DESTINATIONS: "true",
          SERVER_TIMING: "true",
        },
      },
    })),
  ],
  test: { include: ["test/**/*.test.ts"], globalSetup: ["test/support/loopback-receiver.ts"],
    setupFiles: ["test/support/migrate.ts"], silent: "passed-only" },
});
