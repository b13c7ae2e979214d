import { env } from "cloudflare:workers";
import { TABLES } from "./tables.ts";

/** All tables, and the table in which SQLite keeps the IDs that it has given. */
const RESTORED = [...TABLES, "sqlite_sequence"];

type Preparing = { prepare(sql: string): D1PreparedStatement };

/** Returns statements that copy each table into a backup table. */
export function backingUp(db: Preparing): D1PreparedStatement[] {
  return RESTORED.flatMap((table) => [
    db.prepare(`DROP TABLE IF EXISTS backup_${table}`),
    db.prepare(`CREATE TABLE backup_${table} AS SELECT * FROM ${table}`),
  ]);
}

/** Returns statements that restore D1 to the time of the last backup, in one transaction, as Time Travel does. */
export function restoring(db: Preparing): D1PreparedStatement[] {
  return RESTORED.flatMap((table) => [
    db.prepare(`DELETE FROM ${table}`),
    db.prepare(`INSERT INTO ${table} SELECT * FROM backup_${table}`),
  ]);
}

export async function backUp(): Promise<void> {
  await env.DB.batch(backingUp(env.DB));
}

export async function restore(): Promise<void> {
  await env.DB.batch(restoring(env.DB));
}
