import { readdir } from "node:fs/promises";
import path from "node:path";
import { readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { ROOT } from "../../../scripts/dev-vars.ts";
import { settings, type Bundle } from "../bundle.ts";
import { measureLiveHeap } from "./live-heap.ts";

export interface Workerd extends AsyncDisposable {
  url: URL;
  database(binding: string): Promise<D1Database>;
  /** Runs the scheduled job, which a local runtime never does by itself. */
  sweep(): Promise<void>;
  /** The bytes in the heap of the Worker's isolate after garbage collection. */
  liveHeap(): Promise<number>;
}

interface WorkerdOptions {
  /** If true, the Worker consumes the queues, with wrangler.toml's settings. */
  consumesQueues?: boolean;
  /** If true, the Worker has a bucket for the archive. */
  hasArchive?: boolean;
  /** Called with each line that the Worker logs. */
  onLog?: (line: string) => void;
  /** If true, `liveHeap` works. */
  hasInspector?: boolean;
}

interface Queues {
  producers?: { binding: string; queue: string }[];
  consumers?: {
    queue: string;
    max_batch_size: number;
    max_batch_timeout: number;
    max_retries: number;
    dead_letter_queue?: string;
  }[];
}

const NAME = "tidings";

const { producers = [], consumers = [] }: Queues = settings.queues; // wrangler's types do not describe them

/** Where the files of a built Worker and its databases are. */
export interface Site {
  folder: string;
  /** Variables of the Worker, in addition to the service's bindings. */
  vars: Record<string, string>;
  /** Another work tree whose migrations are used. */
  root?: string;
}

/**
 * Starts a built Worker in workerd on a port of a loopback address, without another server in between. `databases` maps
 * bindings to names. A database that does not exist in the folder is created.
 */
export async function startWorkerd(
  { folder: rootPath, modules }: Bundle,
  { folder, vars }: Site,
  databases: Record<string, string>,
  { consumesQueues = false, hasArchive = false, onLog, hasInspector = false }: WorkerdOptions = {},
): Promise<Workerd> {
  const { compatibility_date, compatibility_flags } = settings;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      cf: false,
      resourcePersistencePath: folder,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: ({ message }) => onLog?.(message),
      name: NAME,
      rootPath,
      modules,
      ...(compatibility_date !== undefined && { compatibilityDate: compatibility_date }),
      compatibilityFlags: compatibility_flags,
      bindings: vars,
      d1Databases: databases,
      ...(hasArchive && { r2Buckets: { ARCHIVE: "archive" } }),
      unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      queueProducers: Object.fromEntries(producers.map(({ binding, queue }) => [binding, queue])),
      ...(consumesQueues && { queueConsumers: queueConsumers() }),
      ...(hasInspector && { inspectorPort: 0 }),
    }),
  );
  await miniflare.ready;
  return {
    url: await miniflare.unsafeGetDirectURL(), // without miniflare's own Worker in between
    database: (binding) => miniflare.getD1Database(binding),
    async sweep() {
      await (await miniflare.getWorker()).scheduled({ cron: "* * * * *" });
    },
    liveHeap: async () => measureLiveHeap(await miniflare.getInspectorURL(), NAME),
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}

function queueConsumers() {
  return Object.fromEntries(
    consumers.map(({ queue, max_batch_size, max_batch_timeout, max_retries, dead_letter_queue }) => [
      queue,
      {
        maxBatchSize: max_batch_size,
        maxBatchTimeout: max_batch_timeout,
        maxRetries: max_retries,
        ...(dead_letter_queue !== undefined && { deadLetterQueue: dead_letter_queue }),
      },
    ]),
  );
}

/** Makes an empty database of the service. Returns the path of its file. */
export async function createDatabase(bundle: Bundle, site: Site, name: string): Promise<string> {
  const databases = path.join(site.folder, "d1", "miniflare-D1DatabaseObject");
  const listFiles = async () => (await readdir(databases).catch(() => [])).filter((file) => file.endsWith(".sqlite"));
  const before = new Set(await listFiles());
  {
    await using workerd = await startWorkerd(bundle, site, { DB: name });
    const db = await workerd.database("DB");
    for (const { queries } of await readD1Migrations(path.join(site.root ?? ROOT, "migrations"))) {
      await db.batch(queries.map((query) => db.prepare(query)));
    }
  }
  const file = (await listFiles()).find((one) => !before.has(one) && one !== "metadata.sqlite");
  if (file === undefined) throw new Error(`miniflare made no file for ${name} in ${databases}`);
  return path.join(databases, file);
}
