import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { parseRuns, runsOfBundle, type LogRun } from "./log-runs.ts";

/** 256 entries as they are stored, the last bundle perhaps fewer, and the runs that give their events' IDs. */
export interface BundleRow {
  number: number;
  /** 38 bytes an entry. */
  entries: Uint8Array<ArrayBuffer>;
  /** Those that reach into the bundle, in ascending order. */
  runs: LogRun[];
}

interface Columns {
  number: number;
  /** Hexadecimal: D1 returns a BLOB as an array of numbers, which takes more than three times as long. */
  entries: string;
  runs: string;
}

/** In no particular order. A number that no bundle has is skipped. */
export function bundlesQuery(db: Database, numbers: readonly number[]): Query<BundleRow[]> {
  const statement = selectBundles(db, "SELECT value AS number FROM json_each(?1)").bind(JSON.stringify(numbers));
  return { statement, read: (rows: Columns[]) => rows.map(toBundle) };
}

/** The bundle that the next entry will go into; undefined if that begins a new one. */
export function lastBundleQuery(db: Database): Query<BundleRow | undefined> {
  const statement = selectBundles(db, "SELECT size / 256 AS number FROM log_state WHERE id = 1 AND size % 256 > 0");
  return { statement, read: (rows: Columns[]) => rows.map(toBundle)[0] };
}

function selectBundles(db: Database, numbers: string): D1PreparedStatement {
  return db.prepare(
    `SELECT bundle.number, hex(bundle.entries) AS entries, ${runsOfBundle("bundle.number")} AS runs
    FROM (${numbers}) wanted CROSS JOIN log_bundles bundle ON bundle.number = wanted.number`,
  );
}

function toBundle({ number, entries, runs }: Columns): BundleRow {
  return { number, entries: Uint8Array.fromHex(entries), runs: parseRuns(runs) };
}
