/** Returns the verdict on a check, or an empty text if there is no check. */
export function verdict(isMet: boolean | undefined): string {
  return isMet === undefined ? "" : isMet ? "met" : "NOT MET";
}

/**
 * Formats lines of cells. The first line has the headings. The first cell of a line is text, the others are numbers.
 */
export function formatTable(lines: string[][]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(cell).join("  ")).join("\n");
}
