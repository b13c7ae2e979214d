import path from "node:path";
import { fileURLToPath } from "node:url";
import { createTestHarness } from "wrangler";
import { ROOT } from "../../scripts/dev-vars.ts";
import { bundle, settings } from "./bundle.ts";
import { openFolder } from "./folder.ts";

export interface BenchRuntime<Job> extends AsyncDisposable {
  /** The address of the bench Worker. */
  url: string;
  /** Gives the bench Worker a job, and returns its answer. */
  ask<Answer>(job: Job): Promise<Answer>;
}

interface RuntimeOptions {
  consumesQueues?: boolean;
  databases?: string[];
  vars?: Record<string, string>;
}

/** No requests to the network, no log files, and no log line for each batch of a queue. */
const QUIET = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_WRITE_LOGS: "false",
  WRANGLER_LOG: "warn",
};

/**
 * Starts a bench Worker in workerd, with the service's settings and an empty database, which is removed afterwards.
 * With `consumesQueues`, the Worker also consumes the queues. `databases` are the bindings of more databases with the
 * service's tables. `vars` are variables of the service.
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
    root: import.meta.dirname, // a folder without .dev.vars
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
      server.clearLogs(); // the server keeps every line
      return (await response.json()) as Answer;
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      folder[Symbol.dispose]();
    },
  };
}
