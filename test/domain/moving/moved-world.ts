import { env } from "cloudflare:workers";
import type { Context } from "../../../src/context.ts";
import { recordEvents } from "../../../src/domain/events/record-events.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { aMovingContext } from "../../support/moved-history.ts";
import { TABLES } from "../../support/tables.ts";

/** A context that moves all history, and keeps the lines of the log. */
export function contextOf(bindings: Partial<Env> = {}, more: Partial<Context> = {}) {
  const lines: Parameters<Context["log"]>[0][] = [];
  return { lines, context: aMovingContext(bindings, { log: (line) => void lines.push(line), ...more }) };
}

/**
 * Records events in some scopes, some of them for groups. Some feeds have an event in each bundle, others a single one.
 * `bytes` is the size of their data. Returns their IDs.
 */
export async function recordHistory(count: number, { bytes = 20 }: { bytes?: number } = {}): Promise<number[]> {
  const context = aMovingContext();
  const before = await lastId();
  for (let start = 0; start < count; start += 100) {
    const events = Array.from({ length: Math.min(100, count - start) }, (_, index) => anEvent(start + index, bytes));
    await recordEvents(
      context,
      events.map((event) => NewEvent.parse(event)),
    );
  }
  const { results } = await env.DB.prepare("SELECT id FROM events WHERE id > ?1 ORDER BY id")
    .bind(before)
    .all<{ id: number }>();
  return results.map(({ id }) => id);
}

function anEvent(index: number, bytes: number): object {
  return {
    type: "ADD_BUILD",
    username: `Zoë ${index}`,
    state_project: index % 3 === 0 ? "shop" : `project ${index % 50}`,
    ...(index % 2 === 0 && { state_environment: index % 97 === 0 ? `rare ${index}` : "production" }),
    ...(index % 5 === 0 && { allowed_groups: ["ops", `team ${index % 7}`] }),
    data: { text: `${index} é\u2028`.padEnd(bytes, "x") },
  };
}

async function lastId(): Promise<number> {
  return (await env.DB.prepare("SELECT max(id) AS id FROM events").first<number>("id")) ?? 0;
}

/** Returns the number of rows of each table. */
export async function counts(): Promise<Record<string, number>> {
  const results = await env.DB.batch<{ rows: number }>(
    TABLES.map((table) => env.DB.prepare(`SELECT count(*) AS rows FROM ${table}`)),
  );
  return Object.fromEntries(TABLES.map((table, index) => [table, results[index]?.results[0]?.rows ?? 0]));
}
