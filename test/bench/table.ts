/** Of something that must hold; empty where nothing must. */
export function verdictOn(isHeld: boolean | undefined): string {
  return isHeld === undefined ? "" : isHeld ? "held" : "BROKEN";
}

/** Lines of cells, the first of them headings; what stands first in a line is text, the rest numbers. */
export function tableOf(lines: string[][]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(cell).join("  ")).join("\n");
}
