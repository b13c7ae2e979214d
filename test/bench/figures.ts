import { formatTable, verdict } from "./table.ts";

/** A measured value, with its floor and its aim. */
export interface Figure {
  name: string;
  measured: string;
  floor?: string;
  /** The ratio of the measured value to the floor. */
  ratio?: number;
  aim?: string;
  /** Set if the aim is independent of noise. True if it was reached. */
  isMet?: boolean;
}

export function areMet(figures: Figure[]): boolean {
  return figures.every(({ isMet }) => isMet !== false);
}

export function formatFigures(figures: Figure[]): string {
  return formatTable([
    ["", "measured", "floor", "ratio", "aim", ""],
    ...figures.map(({ name, measured, floor = "", ratio, aim = "", isMet }) => [
      name,
      measured,
      floor,
      ratio === undefined ? "" : ratio.toFixed(2),
      aim,
      verdict(isMet),
    ]),
  ]);
}
