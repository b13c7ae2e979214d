import { medianRatio, median } from "../median.ts";
import { pageBound } from "../page-bound.ts";
import { formatTable, verdict } from "../table.ts";
import { FLOORS, PAGES, type Cost, type FloorName, type History, type Subject } from "./plan.ts";

/** The results for one page. The cost is measured once, and the rates once in each round, for both histories. */
export interface Found {
  costs: [small: Cost, large: Cost];
  alone: [small: number[], large: number[]];
  crowded: [small: number[], large: number[]];
}

export type FloorRates = Record<FloorName, Pick<Found, "alone" | "crowded">>;

/** A growth or ratio is the median of the ratios of the rounds. */
export function rowsTable(found: Found[]): string {
  const linesOf = (page: Subject, { costs }: Found) => {
    const cells = costs.flatMap((cost) => [`${cost.rowsRead}`, `≤ ${rowBound(cost, page)}`]);
    return [page.name, ...cells, `${costs[1].events}`, verdict(isWithinBound(page, costs))];
  };
  return formatTable([
    ["rows read", "small", "bound", "large", "bound", "events", ""],
    ...PAGES.flatMap((page, index) => found.slice(index, index + 1).map((one) => linesOf(page, one))),
  ]);
}

export function areWithinBounds(found: Found[]): boolean {
  return PAGES.every((page, index) => isWithinBound(page, found[index]?.costs ?? []));
}

function rowBound({ entries }: Cost, { groups }: Subject): number {
  return pageBound({ entries, groups: groups.length });
}

function isWithinBound(page: Subject, costs: Cost[]): boolean {
  return costs.every((cost) => cost.rowsRead <= rowBound(cost, page));
}

export function timesTable(found: Found[], floors: FloorRates): string {
  const line = (name: string, { alone, crowded }: Pick<Found, "alone" | "crowded">) => [
    name,
    ...alone.map((rates) => (1000 / median(rates)).toFixed(2)),
    medianRatio(alone[0], alone[1]).toFixed(2),
    medianRatio(alone[1], floors["route with SELECT 1"].alone[1]).toFixed(2),
    ...crowded.map((rates) => `${Math.round(median(rates))}`),
    medianRatio(crowded[0], crowded[1]).toFixed(2),
    medianRatio(crowded[1], floors["route with SELECT 1"].crowded[1]).toFixed(2),
  ];
  return formatTable([
    [
      "one at a time (ms), 16 at a time (per second)",
      "small",
      "large",
      "growth",
      "to SELECT 1",
      "small",
      "large",
      "growth",
      "to SELECT 1",
    ],
    ...FLOORS.map((name) => line(name, floors[name])),
    ...PAGES.flatMap((page, index) => found.slice(index, index + 1).map((one) => line(page.name, one))),
  ]);
}

export function sizesLine([small, large]: [History, History]): string {
  return `small: ${small.events.toLocaleString("en")} events, large: ${large.events.toLocaleString("en")}`;
}
