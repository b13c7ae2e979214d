/** What a formula begins with. OWASP, "CSV Injection", with its fullwidth variants. */
const TRIGGER = String.raw`[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]`;
/** What a spreadsheet may pass over on its way to a formula: white space, and what cannot be seen. */
const UNSEEN = String.raw`[\s\p{Cc}\p{Cf}]`;

/** Excel and OWASP ASVS 1.2.10 ask the same for a cell that begins with a tab, a line break or NUL. */
const FORMULA = new RegExp(String.raw`^(?:[\t\r\n\0]|${UNSEEN}*${TRIGGER})`, "u");

/**
 * Excel splits at the list separator of its user's region, so at `;` or a tab alone, and then quotes hold nothing
 * together: what stands after a separator or a line break begins a cell of its own. Quotes there are passed over.
 */
const SPLIT = /[;\t\r\n]/;
const FORMULA_AFTER_SPLIT = new RegExp(String.raw`([;\t\r\n](?:${UNSEEN}|")*)(?=${TRIGGER})`, "gu");
const SEMICOLON_BEFORE_FORMULA = new RegExp(String.raw`;(?=${UNSEEN}*${TRIGGER})`, "gu");

/**
 * RFC 4180, every cell quoted, each record with its line break. An apostrophe makes text of what a spreadsheet could take
 * for a formula, whether it splits the record at commas, semicolons or tabs.
 */
export function csvRecords(records: (string | null)[][]): string {
  return records.map((cells) => `${cells.map(quoted).join(",")}\r\n`).join("");
}

/** JSON for a cell, of the same value: its only character that could end a cell too early is escaped. */
export function jsonCell(json: string): string {
  return json.replace(SEMICOLON_BEFORE_FORMULA, String.raw`\u003b`);
}

function quoted(cell: string | null): string {
  if (cell === null) return '""';
  const guarded = SPLIT.test(cell) ? cell.replace(FORMULA_AFTER_SPLIT, "$1'") : cell; // few are, and it costs more
  return `"${FORMULA.test(cell) ? "'" : ""}${guarded.replaceAll('"', '""')}"`;
}
