import path from "node:path";
import { fileURLToPath } from "node:url";
import { createTestHarness, unstable_readConfig as readConfig } from "wrangler";
import { ROOT } from "../../scripts/dev-vars.ts";
import type { Job } from "./plan.ts";

export interface BenchRuntime extends AsyncDisposable {
  /** Has the bench Worker do a job. `Answer` is what that job answers. */
  ask<Answer>(job: Job): Promise<Answer>;
}

/** Nothing beyond loopback is asked for anything, and no log files are left. */
const QUIET = { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" };

/** The bench Worker in workerd, with the service's own settings and an empty database that is forgotten afterwards. */
export async function startRuntime(): Promise<BenchRuntime> {
  Object.assign(process.env, QUIET);
  const { compatibility_date, compatibility_flags, d1_databases, queues } = readConfig({
    config: path.join(ROOT, "wrangler.toml"),
  });
  const server = createTestHarness({
    root: import.meta.dirname, // where no .dev.vars lies
    workers: [
      {
        config: {
          name: "tidings-bench",
          main: fileURLToPath(import.meta.resolve("./worker.ts")),
          ...(compatibility_date !== undefined && { compatibility_date }),
          compatibility_flags,
          d1_databases: d1_databases.map((database: object) => ({
            ...database,
            migrations_dir: path.join(ROOT, "migrations"),
          })),
          queues: { producers: queues.producers ?? [] },
          vars: { JWT_SECRET: crypto.randomUUID(), INTERNAL_TOKEN: crypto.randomUUID() },
        },
      },
    ],
  });
  await server.listen();
  await server.getWorker<Env>().applyD1Migrations("DB");
  return {
    async ask<Answer>(job: Job): Promise<Answer> {
      const response = await server.fetch("/", { method: "POST", body: JSON.stringify(job) });
      if (!response.ok) throw new Error(`${JSON.stringify(job)} failed: ${await response.text()}`);
      server.clearLogs(); // it keeps every line
      return (await response.json()) as Answer;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}
