import Papa from "papaparse";

/**
 * What a spreadsheet takes for a formula, or trims to one. OWASP, "CSV Injection", with its fullwidth variants; OWASP
 * ASVS 1.2.10. Papa Parse's own pattern misses a formula with a line break in it.
 */
const FORMULA = /^(?:[\t\r\n\0]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;

/** RFC 4180, each record with its line break. A cell that could be a formula is made text by an apostrophe. */
export function csvRecords(records: (string | null)[][]): string {
  if (records.length === 0) return "";
  return `${Papa.unparse(records, { newline: "\r\n", escapeFormulae: FORMULA })}\r\n`;
}
