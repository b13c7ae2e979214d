import { tableOf } from "../table.ts";

/** What was measured, beside its floor and what was aimed at. */
export interface Figure {
  name: string;
  measured: string;
  floor?: string;
  /** Of what was measured to the floor. */
  ratio?: number;
  aim?: string;
}

export function figuresTable(figures: Figure[]): string {
  return tableOf([
    ["", "measured", "floor", "ratio", "aim"],
    ...figures.map(({ name, measured, floor = "", ratio, aim = "" }) => [
      name,
      measured,
      floor,
      ratio === undefined ? "" : ratio.toFixed(2),
      aim,
    ]),
  ]);
}
