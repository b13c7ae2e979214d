import path from "node:path";
import { fileURLToPath } from "node:url";
import { createTestHarness } from "wrangler";
import { ROOT } from "../../scripts/dev-vars.ts";
import { bundle, settings } from "./bundle.ts";
import { openFolder } from "./folder.ts";

export interface BenchRuntime<Job> extends AsyncDisposable {
  /** Where the bench Worker can be reached over HTTP. */
  url: string;
  /** Has the bench Worker do a job. `Answer` is what that job answers. */
  ask<Answer>(job: Job): Promise<Answer>;
}

interface RuntimeOptions {
  consumesQueues?: boolean;
  databases?: string[];
  vars?: Record<string, string>;
}

/** Nothing beyond loopback is asked for anything, no log files are left, and no queue tells of each of its batches. */
const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_WRITE_LOGS: "false",
  WRANGLER_LOG: "warn",
};

/**
 * A bench Worker in workerd, with the service's own settings and an empty database that is forgotten afterwards. With
 * `consumesQueues` it takes what it puts on the queues. `databases` are more of them, by binding, each as the service's;
 * `vars` are the service's variables.
 */
export async function startRuntime<Job>(
  worker: string,
  { consumesQueues = false, databases = [], vars = {} }: RuntimeOptions = {},
): Promise<BenchRuntime<Job>> {
  Object.assign(process.env, QUIET);
  const { compatibility_date, compatibility_flags, rules, d1_databases, queues } = settings;
  const folder = await openFolder();
  const built = await bundle(folder.path, fileURLToPath(worker));
  const migrations_dir = path.join(ROOT, "migrations");
  const others = databases.map((name) => ({ binding: name, database_name: name, database_id: name, migrations_dir }));
  const server = createTestHarness({
    root: import.meta.dirname, // where no .dev.vars lies
    workers: [
      {
        config: {
          name: "tidings-bench",
          main: built.modules[0].path,
          base_dir: built.folder,
          no_bundle: true,
          find_additional_modules: true,
          rules,
          ...(compatibility_date !== undefined && { compatibility_date }),
          compatibility_flags,
          d1_databases: [...d1_databases.map((database: object) => ({ ...database, migrations_dir })), ...others],
          queues: { producers: queues.producers ?? [], consumers: consumesQueues ? (queues.consumers ?? []) : [] },
          vars: {
            JWT_SECRET: crypto.randomUUID(),
            INTERNAL_TOKEN: crypto.randomUUID(),
            ALLOW_LOCAL_DESTINATIONS: "true",
            ...vars,
          },
        },
      },
    ],
  });
  const { url } = await server.listen();
  for (const binding of ["DB", ...databases]) await server.getWorker().applyD1Migrations(binding);
  return {
    url: url.origin,
    async ask<Answer>(job: Job): Promise<Answer> {
      const response = await server.fetch("/", { method: "POST", body: JSON.stringify(job) });
      if (!response.ok) throw new Error(`${JSON.stringify(job)} failed: ${await response.text()}`);
      server.clearLogs(); // it keeps every line
      return (await response.json()) as Answer;
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      folder[Symbol.dispose]();
    },
  };
}
