import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { getPlatformProxy, unstable_readConfig as readConfig, type Unstable_Config } from "wrangler";
import { openArchive, type ArchiveBucket } from "../../src/bucket/archive-objects.ts";
import { noUsage, openDatabase, type Database } from "../../src/store/database.ts";
import { ROOT } from "../dev-vars.ts";
import { Failure } from "../run-script.ts";

/** Where D1 and the bucket are. */
export interface Place {
  /** True: those of the deployed service. False: those of local development. */
  isRemote: boolean;
  /** The folder of the local state, as in `npm start -- --persist-to FOLDER`. */
  persistTo: string | undefined;
}

export interface Storage extends AsyncDisposable {
  db: Database;
  archive: ArchiveBucket;
}

/**
 * Opens the D1 and the bucket that wrangler.toml names, without running the service.
 * @throws Failure if wrangler.toml does not name both
 */
export async function openStorage({ isRemote, persistTo }: Place): Promise<Storage> {
  const folder = await mkdtemp(path.join(tmpdir(), "tidings-archive-"));
  try {
    const configPath = await writeConfig(folder, isRemote);
    const state = path.resolve(persistTo ?? path.join(ROOT, ".wrangler", "state"));
    const proxy = await getPlatformProxy<Env>({
      configPath,
      envFiles: [],
      persist: { path: path.join(state, "v3") },
      remoteBindings: isRemote,
    });
    const usage = noUsage();
    return {
      db: openDatabase(proxy.env.DB.withSession("first-primary"), usage),
      archive: openArchive(proxy.env.ARCHIVE, usage),
      [Symbol.asyncDispose]: async () => {
        await proxy.dispose();
        await rm(folder, { recursive: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}

/** Writes a configuration with only these two bindings, each remote or local. Returns its path. */
async function writeConfig(folder: string, remote: boolean): Promise<string> {
  const { compatibility_date, d1_databases, r2_buckets }: Unstable_Config = readConfig({
    config: path.join(ROOT, "wrangler.toml"),
  });
  const database = d1_databases.find(({ binding }) => binding === "DB");
  const bucket = r2_buckets.find(({ binding }) => binding === "ARCHIVE");
  if (database === undefined || bucket === undefined)
    throw new Failure(`wrangler.toml has no binding ${database === undefined ? "DB" : "ARCHIVE"}.`);
  const config = {
    name: "tidings-archive",
    compatibility_date,
    d1_databases: [{ ...database, remote }],
    r2_buckets: [{ ...bucket, remote }],
  };
  const file = path.join(folder, "wrangler.json");
  await writeFile(file, JSON.stringify(config));
  return file;
}
