import { LEVELS } from "../../schemas/scope.ts";
import { rfc3339 } from "../../schemas/time.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { csvRecords, jsonCell } from "./csv.ts";
import { eventJson } from "../../schemas/event-json.ts";

/** How a whole listing is written, piece by piece. */
export interface DownloadFormat {
  contentType: string;
  /** Of the file's name. */
  extension: string;
  /** What comes before the first event. */
  head: string;
  write: (rows: EventRow[]) => string;
}

/** One event's JSON a line: it has no line breaks of its own. */
export const NDJSON: DownloadFormat = {
  contentType: "application/x-ndjson",
  extension: "ndjson",
  head: "",
  write: (rows) => rows.map((row) => `${eventJson(row)}\n`).join(""),
};

type Column = [name: string, cell: (row: EventRow) => string | null];

/** Nothing where there is no value; `allowed_groups` and `data` as JSON. */
const COLUMNS: Column[] = [
  ["id", (row) => `${row.id}`],
  ["type", (row) => row.type],
  ["timestamp", (row) => row.timestamp],
  ["time", (row) => rfc3339(row.timestamp)],
  ["username", (row) => row.username],
  ...LEVELS.map(({ name }): Column => [name, (row) => row[name]]),
  ["allowed_groups", (row) => row.allowed_groups && jsonCell(row.allowed_groups)],
  ["data", (row) => row.data && jsonCell(row.data)],
];

export const CSV: DownloadFormat = {
  contentType: "text/csv; charset=utf-8; header=present", // RFC 4180 §3, RFC 7111 §5.1
  extension: "csv",
  head: csvRecords([COLUMNS.map(([name]) => name)]),
  write: (rows) => csvRecords(rows.map((row) => COLUMNS.map(([, cell]) => cell(row)))),
};
