import type { Database } from "../database.ts";
import type { Query } from "../query.ts";
import { parseRuns, runsOfBundle, type LogRun } from "./log-runs.ts";

/**
 * A bundle of 256 entries as they are stored. The last bundle may have fewer entries. The runs give the IDs of the
 * events.
 */
export interface BundleRow {
  number: number;
  /** 38 bytes for each entry. */
  entries: Uint8Array<ArrayBuffer>;
  /** The runs that have entries in the bundle, in ascending order. */
  runs: LogRun[];
}

interface Columns {
  number: number;
  /** Hexadecimal: D1 returns a BLOB as an array of numbers, which takes more than three times as long. */
  entries: string;
  runs: string;
}

/** Reads the bundles with these numbers, in no particular order. Skips a number that no bundle has. */
export function bundlesQuery(db: Database, numbers: readonly number[]): Query<BundleRow[]> {
  const statement = selectBundles(db, "SELECT value AS number FROM json_each(?1)").bind(JSON.stringify(numbers));
  return { statement, read: (rows: Columns[]) => rows.map(toBundle) };
}

/** Reads the bundle that the next entry will be added to. Undefined if the next entry begins a new bundle. */
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
