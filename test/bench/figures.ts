import { tableOf, verdictOn } from "./table.ts";

/** What was measured, beside its floor and what was aimed at. */
export interface Figure {
  name: string;
  measured: string;
  floor?: string;
  /** Of what was measured to the floor. */
  ratio?: number;
  aim?: string;
  /** Of an aim that no noise can miss: whether it was reached. */
  isHeld?: boolean;
}

export function areHeld(figures: Figure[]): boolean {
  return figures.every(({ isHeld }) => isHeld !== false);
}

export function figuresTable(figures: Figure[]): string {
  return tableOf([
    ["", "measured", "floor", "ratio", "aim", ""],
    ...figures.map(({ name, measured, floor = "", ratio, aim = "", isHeld }) => [
      name,
      measured,
      floor,
      ratio === undefined ? "" : ratio.toFixed(2),
      aim,
      verdictOn(isHeld),
    ]),
  ]);
}
