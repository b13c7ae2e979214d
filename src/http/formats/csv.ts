import { LEVELS } from "../../schemas/scope.ts";
import { formatRfc3339 } from "../../lib/time.ts";
import { writeJson } from "../../lib/json-writer.ts";
import { dataOf, parseEventFacts, type EventFacts } from "../../schemas/event-json.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { EVENTS } from "../../domain/events/export-events.ts";
import type { DownloadFormat } from "../download.ts";

/** First characters of a formula. OWASP, "CSV Injection", with the fullwidth variants. */
const TRIGGER = String.raw`[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]`;
/** Characters that a spreadsheet may skip before a formula: white space and invisible ones. */
const SKIPPED = String.raw`[\s\p{Cc}\p{Cf}]`;

/** Excel and OWASP ASVS 1.2.10 require the same for a cell that begins with a tab, a line break or NUL. */
const FORMULA = new RegExp(String.raw`^(?:[\t\r\n\0]|${SKIPPED}*${TRIGGER})`, "u");

/**
 * Excel splits records at the list separator of its user's region. If that is `;` or a tab, quotes do not hold a cell
 * together: the text after a separator or a line break begins a new cell. Quotes there are skipped.
 */
const SPLIT = /[;\t\r\n]/;
const FORMULA_AFTER_SPLIT = new RegExp(String.raw`([;\t\r\n](?:${SKIPPED}|")*)(?=${TRIGGER})`, "gu");
const SEMICOLON_BEFORE_FORMULA = new RegExp(String.raw`;(?=${SKIPPED}*${TRIGGER})`, "gu");

type Column = [name: string, cell: (event: EventFacts, json: string) => string | undefined];

/** A missing value is an empty cell; `allowed_groups` and `data` are JSON. */
const COLUMNS: Column[] = [
  ["id", ({ id }) => id],
  ["type", ({ type }) => type],
  ["timestamp", ({ timestamp }) => timestamp],
  ["time", ({ timestamp }) => formatRfc3339(timestamp)],
  ["username", ({ username }) => username],
  ...LEVELS.map(({ name }): Column => [name, (event) => event[name]]),
  ["allowed_groups", ({ allowed_groups }) => allowed_groups && jsonCell(writeJson(allowed_groups))],
  ["data", (_, json) => dataCell(json)],
  ["recorded_at", ({ recorded_at }) => recorded_at],
];

export const CSV: DownloadFormat = {
  source: EVENTS,
  contentType: "text/csv; charset=utf-8; header=present", // RFC 4180 §3, RFC 7111 §5.1
  extension: "csv",
  head: csvRecords([COLUMNS.map(([name]) => name)]),
  write: (rows) => csvRecords(rows.map(toCells)),
};

function toCells({ json }: EventRow): (string | undefined)[] {
  const event = parseEventFacts(json);
  return COLUMNS.map(([, cell]) => cell(event, json));
}

function dataCell(json: string): string | undefined {
  const data = dataOf(json);
  return data && jsonCell(data);
}

/**
 * RFC 4180: each cell is quoted, each record ends with a line break. If a spreadsheet could read a cell as a formula, an
 * apostrophe before it makes it text. This holds for spreadsheets that split at commas, at semicolons or at tabs.
 */
export function csvRecords(records: (string | undefined)[][]): string {
  return records.map((cells) => `${cells.map(toCell).join(",")}\r\n`).join("");
}

/** JSON of the same value, for a cell: escapes each semicolon that could end the cell before a formula. */
export function jsonCell(json: string): string {
  return json.replace(SEMICOLON_BEFORE_FORMULA, String.raw`\u003b`);
}

function toCell(text: string | undefined): string {
  if (text === undefined) return '""';
  const guarded = SPLIT.test(text) ? text.replace(FORMULA_AFTER_SPLIT, "$1'") : text; // the test is cheap, and mostly false
  return `"${FORMULA.test(text) ? "'" : ""}${guarded.replaceAll('"', '""')}"`;
}
