import { env } from "cloudflare:workers";
import { TABLES } from "./tables.ts";

/** With the IDs that were given. */
const RESTORED = [...TABLES, "sqlite_sequence"];

/** Copies every table aside. */
export async function backUp(): Promise<void> {
  await env.DB.batch(
    RESTORED.flatMap((table) => [
      env.DB.prepare(`DROP TABLE IF EXISTS backup_${table}`),
      env.DB.prepare(`CREATE TABLE backup_${table} AS SELECT * FROM ${table}`),
    ]),
  );
}

/** Restores D1 to the time of the last `backUp`, in one transaction, as Time Travel does. */
export async function restore(): Promise<void> {
  await env.DB.batch(
    RESTORED.flatMap((table) => [
      env.DB.prepare(`DELETE FROM ${table}`),
      env.DB.prepare(`INSERT INTO ${table} SELECT * FROM backup_${table}`),
    ]),
  );
}
