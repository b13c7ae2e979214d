import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { TABLES } from "./tables.ts";

/** From these tables, the move deletes rows. Rows are only added to the copy. The column orders the rows by event. */
const MOVED_TABLES = { events: "id", feed_entries: "event_id" } as const;

const OTHER_TABLES = TABLES.filter((table) => !(table in MOVED_TABLES) && !table.startsWith("archive_"));

/** D1: at most 100 bound parameters. */
const MAX_PARAMETERS = 100;

/**
 * A second database, with everything that the first one would have if nothing were moved. `follow` copies what is new. It
 * must be called after each recording, before the recorded events are moved.
 */
export async function openUnmoved(): Promise<{ db: D1Database; follow: () => Promise<void> }> {
  await applyD1Migrations(env.UNMOVED, env.MIGRATIONS);
  await env.UNMOVED.batch(TABLES.map((table) => env.UNMOVED.prepare(`DELETE FROM ${table}`)));
  return {
    db: env.UNMOVED,
    async follow() {
      for (const [table, column] of Object.entries(MOVED_TABLES)) {
        const last = await env.UNMOVED.prepare(`SELECT max(${column}) AS last FROM ${table}`).first<number>("last");
        await insertAll(table, env.DB.prepare(`SELECT * FROM ${table} WHERE ${column} > ?1`).bind(last ?? 0));
      }
      for (const table of OTHER_TABLES) {
        await env.UNMOVED.prepare(`DELETE FROM ${table}`).run();
        await insertAll(table, env.DB.prepare(`SELECT * FROM ${table}`));
      }
    },
  };
}

async function insertAll(table: string, select: D1PreparedStatement): Promise<void> {
  const [columns, ...rows] = await select.raw({ columnNames: true });
  const size = Math.floor(MAX_PARAMETERS / columns.length);
  const places = `(${columns.map(() => "?").join(", ")})`;
  const inserts: D1PreparedStatement[] = [];
  for (let start = 0; start < rows.length; start += size) {
    const some = rows.slice(start, start + size);
    const values = some.flat().map((value) => (Array.isArray(value) ? new Uint8Array(value) : value)); // D1 returns a BLOB as an array
    inserts.push(
      env.UNMOVED.prepare(`INSERT INTO ${table} VALUES ${some.map(() => places).join(", ")}`).bind(...values),
    );
  }
  if (inserts.length > 0) await env.UNMOVED.batch(inserts);
}
