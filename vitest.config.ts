import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

/** Every variable, so that a developer's own .dev.vars changes no test. */
const VARIABLES = {
  JWT_SECRET: "a-test-secret-of-more-than-32-bytes",
  INTERNAL_TOKEN: "test-producer-token, test-producer-token-rotated",
  JWKS_URL: "",
  JWT_ISSUER: "",
  JWT_AUDIENCE: "",
  GROUPS_CLAIM: "",
  AUDITOR_GROUPS: "",
  ALLOWED_ORIGINS: "",
  PUBLIC_URL: "",
  RETRY_SCHEDULE: "",
  DELIVERY_TIMEOUT_SECONDS: "",
  DELIVERY_RETENTION_DAYS: "",
  LOG_KEY: "",
  LOG_ACCESS: "",
  LOG_WITNESSES: "",
  ALLOW_LOCAL_DESTINATIONS: "true",
  SERVER_TIMING: "true",
};

Object.assign(process.env, {
  CLOUDFLARE_CF_FETCH_ENABLED: "false", // the runtime would ask the network for a sample of request metadata
  WRANGLER_LOG: "warn",
});

/** How often a property is tried. */
const FC_RUNS = process.env["FC_RUNS"] ?? (process.argv.includes("deep") ? "80" : "10");

const workers = cloudflareTest(async () => ({
  wrangler: { configPath: "./wrangler.toml" },
  miniflare: { bindings: { ...VARIABLES, FC_RUNS, MIGRATIONS: await readD1Migrations("migrations") } },
}));

const shared = {
  silent: "passed-only",
  // A machine that does other work too is no fault of the code: speed is measured by the benchmark alone.
  testTimeout: 60_000,
  // The package's own bundle: of its parts, the runtime would take an ES build that they cannot require.
  alias: { cloudevents: "cloudevents/bundles/cloudevents.js" },
} as const;

/** Tests that need neither D1 nor queues: they share one runtime, and answer in seconds. */
const UNIT = [
  "test/auth/**/*.test.ts",
  "test/channels/{classify,cloud-event,destination,signature,slack,slack-digest}.test.ts",
  "test/domain/access/**/*.test.ts",
  "test/domain/deliveries/schedule.test.ts",
  "test/domain/subscriptions/subscription-health.test.ts",
  "test/event-text/**/*.test.ts",
  "test/http/**/*.test.ts",
  "test/domain/log/{hint-log,plan-append}.test.ts",
  "test/lib/**/*.test.ts",
  "test/schemas/**/*.test.ts",
  "test/tlog/**/*.test.ts",
  "test/scripts/**/*.test.ts",
];

export default defineConfig({
  logLevel: "error", // vite warns of packages whose source maps name sources that they do not ship
  test: {
    projects: [
      {
        plugins: [workers],
        test: { ...shared, name: "unit", include: UNIT, isolate: false },
      },
      {
        plugins: [workers],
        test: {
          ...shared,
          name: "service",
          include: ["test/**/*.test.ts"],
          isolate: false,
          exclude: [...UNIT, "test/node/**"],
          globalSetup: [
            "test/support/loopback-receiver.ts",
            "test/support/witness-process.ts",
            "test/support/client-bundle.ts",
          ],
          setupFiles: ["test/support/migrate.ts"],
        },
      },
      {
        // Tests of types: the compiler runs them, so an expectation that is wrong fails.
        test: {
          name: "types",
          include: [],
          typecheck: { enabled: true, only: true, include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.json" },
        },
      },
      {
        // Tests of the tools, which need Node: its file system and child processes.
        test: { name: "node", include: ["test/node/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
      },
    ],
  },
});
