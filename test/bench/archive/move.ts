import { DatabaseSync } from "node:sqlite";
import { BUNDLE_EVENTS } from "../../../src/segments/manifest.ts";
import type { Figure } from "../figures.ts";
import type { Client } from "./client.ts";
import type { Description, Sweep } from "./plan.ts";

/** The design's limit, and the aim of its issue. */
const MAX_DIRECTORY_ROWS = 0.5;
const MAX_BYTES = 150;

/** The postings, the feeds and the manifest of a segment. */
const OTHER_OBJECTS = 3;

export interface Move {
  before: Description;
  after: Description;
  sweeps: number;
  cost: Omit<Sweep, "hasMoved">;
}

/** Sweeps until all whole segments are moved. Reports from time to time how far the move has come. */
export async function moveAll(client: Client, report: (line: string) => void): Promise<Move> {
  const before = await client.ask<Description>({ do: "describe" });
  const cost = { milliseconds: 0, rowsRead: 0, rowsWritten: 0, queries: 0, r2Gets: 0 };
  let sweeps = 0;
  for (;;) {
    const { hasMoved, ...sweep } = await client.ask<Sweep>({ do: "sweep" });
    if (!hasMoved) break;
    sweeps += 1;
    for (const name of ["milliseconds", "rowsRead", "rowsWritten", "queries", "r2Gets"] as const) {
      cost[name] += sweep[name];
    }
    if (sweeps % 50 === 0) report(`${sweeps} sweeps, ${Math.round(cost.milliseconds / 1000)} s`);
  }
  return { before, after: await client.ask<Description>({ do: "describe" }), sweeps, cost };
}

export function moveFigures({ before, after, sweeps, cost }: Move): Figure[] {
  const { segments } = after;
  const sum = (of: (segment: Description["segments"][number]) => number) =>
    segments.reduce((total, segment) => total + of(segment), 0);
  const events = sum((segment) => segment.events);
  const each = (count: number) => count / events;
  const puts = sum((segment) => Math.ceil(segment.events / BUNDLE_EVENTS) + OTHER_OBJECTS);
  const rows = each(sum((segment) => segment.rows));
  const bytes = each(sum((segment) => segment.bytes));
  return [
    { name: "events moved", measured: `${events.toLocaleString("en")} in ${segments.length} segments` },
    { name: "  a second", measured: `${Math.round((1000 * events) / cost.milliseconds)}` },
    { name: "  sweeps a segment", measured: (sweeps / segments.length).toFixed(1) },
    limited("directory rows, for each event", rows, MAX_DIRECTORY_ROWS),
    limited("bytes in R2, for each event", bytes, MAX_BYTES),
    ...Object.entries(after.objects).map(([kind, size]) => ({ name: `  of ${kind}`, measured: each(size).toFixed(1) })),
    { name: "objects, for each million events", measured: `${Math.round(1e6 * each(puts))}` },
    { name: "GETs of the move, for each million events", measured: `${Math.round(1e6 * each(cost.r2Gets))}` },
    { name: "D1 rows written, for each event", measured: each(cost.rowsWritten).toFixed(2) },
    { name: "D1 rows read, for each event", measured: each(cost.rowsRead).toFixed(1) },
    { name: "D1's size before", measured: megabytes(before.bytes) },
    { name: "D1's size after", measured: `${megabytes(after.bytes)}, with ${after.hotEvents} events` },
  ];
}

function limited(name: string, value: number, max: number): Figure {
  return { name, measured: value.toPrecision(3), aim: `≤ ${max}`, isMet: value <= max };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Measures the largest tables in the file of a database that no Worker has open. */
export function tableFigures(file: string, { after }: Move): Figure[] {
  using db = new DatabaseSync(file);
  const events = after.segments.reduce((sum, segment) => sum + segment.events, 0);
  const tables = db
    .prepare("SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 5")
    .all() as { name: string; bytes: number }[];
  return tables.map(({ name, bytes }) => ({
    name: `D1's table ${name}`,
    measured: `${megabytes(bytes)}, ${(bytes / events).toFixed(1)} bytes for each event`,
  }));
}
