import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

/** Sets every variable, so that a developer's .dev.vars does not change a test. */
const VARIABLES = {
  JWT_SECRET: "a-test-secret-of-more-than-32-bytes",
  INTERNAL_TOKEN: "test-producer-token, test-producer-token-rotated",
  JWKS_URL: "",
  JWT_ISSUER: "",
  JWT_AUDIENCE: "",
  GROUPS_CLAIM: "",
  AUDITOR_GROUPS: "",
  OPERATOR_GROUPS: "",
  ALLOWED_ORIGINS: "",
  PUBLIC_URL: "",
  RETRY_SCHEDULE: "",
  DELIVERY_TIMEOUT_SECONDS: "",
  DELIVERY_RETENTION_DAYS: "",
  EVENT_RETENTION_DAYS: "",
  LOG_KEY: "",
  LOG_ACCESS: "",
  LOG_WITNESSES: "",
  HOT_GIGABYTES: "",
  ALLOW_LOCAL_DESTINATIONS: "true",
  SERVER_TIMING: "true",
};

Object.assign(process.env, {
  CLOUDFLARE_CF_FETCH_ENABLED: "false", // otherwise the runtime loads sample request metadata from the network
  WRANGLER_LOG: "warn",
});

const isDeep = process.argv.includes("deep");

/** The number of runs of each property. */
const FC_RUNS = process.env["FC_RUNS"] ?? (isDeep ? "80" : "6");

/** Tests that start many programs, or need a long history. Only `npm run test:deep` runs them. */
const SLOW = [
  "test/node/{archive-restore,client-package}.test.ts",
  "test/node/verify/tampered-*.test.ts",
  "test/domain/log/long-histories.test.ts",
];

const workers = cloudflareTest(async () => ({
  wrangler: { configPath: "./wrangler.toml" },
  miniflare: {
    bindings: { ...VARIABLES, FC_RUNS, MIGRATIONS: await readD1Migrations("migrations") },
    d1Databases: ["UNMOVED"],
  },
}));

const shared = {
  // Long, so that no test fails on a slow machine. Only the benchmark measures speed.
  testTimeout: 60_000,
  // The package's bundle. Its separate files fail in the Workers runtime, where they would load ES modules with `require`.
  alias: { cloudevents: "cloudevents/bundles/cloudevents.js" },
} as const;

/** Tests that need neither D1 nor queues. They share one runtime, and take seconds. */
const UNIT = [
  "test/auth/**/*.test.ts",
  "test/bucket/archive-cache.test.ts",
  "test/channels/{classify,cloud-event,destination,signature,slack,slack-digest}.test.ts",
  "test/channels/streams/{datadog,http-stream,ocsf-event,s3,send-batch,splunk-hec,stream-body,without-secret}.test.ts",
  "test/domain/access/**/*.test.ts",
  "test/domain/deliveries/schedule.test.ts",
  "test/domain/subscriptions/subscription-health.test.ts",
  "test/event-text/**/*.test.ts",
  "test/http/**/*.test.ts",
  "test/domain/log/{hint-log,log-entry,plan-append}.test.ts",
  "test/lib/**/*.test.ts",
  "test/schemas/**/*.test.ts",
  "test/segments/**/*.test.ts",
  "test/tlog/**/*.test.ts",
  "test/scripts/**/*.test.ts",
];

export default defineConfig({
  logLevel: "error", // vite warns about packages whose source maps name files that are not in the package
  test: {
    silent: "passed-only",
    maxWorkers: 2, // the default is one less than the number of cores
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
          exclude: [...UNIT, "test/node/**", ...(isDeep ? [] : SLOW)],
          globalSetup: [
            "test/support/loopback-receiver.ts",
            "test/support/witness-process.ts",
            "test/support/client-bundle.ts",
          ],
          setupFiles: ["test/support/migrate.ts"],
        },
      },
      {
        // Tests of types. The compiler checks them, so a wrong expectation is an error.
        test: {
          name: "types",
          include: [],
          typecheck: { enabled: true, only: true, include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.json" },
        },
      },
      {
        // Tests of tools that need Node.js: the file system and child processes.
        test: {
          name: "node",
          include: ["test/node/**/*.test.ts"],
          exclude: isDeep ? [] : SLOW,
          environment: "node",
          testTimeout: 60_000,
        },
      },
    ],
  },
});
