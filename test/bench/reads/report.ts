import { median, medianRatio } from "../median.ts";
import { formatTable, verdict } from "../table.ts";
import { rowBound, SUBJECTS, type Cost, type Subject, type SubjectName } from "./plan.ts";
import type { Rates } from "./rounds.ts";

type Costs = Map<SubjectName, Cost>;

const HEADINGS = [
  "",
  "per second",
  "to no D1",
  "to SELECT 1",
  "to bare batch",
  "rows read",
  "bound",
  "written",
  "bytes",
  "",
];

export function areWithinBounds(costs: Costs): boolean {
  return SUBJECTS.every((subject) => isWithinBound(subject, costs.get(subject.name)) !== false);
}

/** Returns undefined for a floor, because a floor has no bound. */
function isWithinBound(subject: Subject, cost: Cost | undefined): boolean | undefined {
  const bound = cost && rowBound(subject, cost);
  return bound === undefined ? undefined : (cost?.rowsRead ?? Infinity) <= bound;
}

/** One line for each subject. A ratio is the median of the ratios of the rounds, for requests and not for events. */
export function reportOf(rates: Rates, costs: Costs): string {
  return formatTable([HEADINGS, ...SUBJECTS.map((subject) => lineOf(subject, rates, costs))]);
}

function lineOf(subject: Subject, rates: Rates, costs: Costs): string[] {
  const cost = costs.get(subject.name);
  const bound = cost && rowBound(subject, cost);
  const ratio = (floor: SubjectName | undefined) =>
    floor === undefined ? "" : medianRatio(rates.get(subject.name) ?? [], rates.get(floor) ?? []).toPrecision(2);
  return [
    subject.name,
    `${Math.round(subject.units * median(rates.get(subject.name) ?? []))} ${subject.unit}`,
    ratio("route without D1"),
    ratio("route with SELECT 1"),
    ratio("bare" in subject ? subject.bare : undefined),
    `${cost?.rowsRead ?? "-"}`,
    bound === undefined ? "" : `≤ ${bound}`,
    `${cost?.rowsWritten ?? "-"}`,
    `${cost?.bytes ?? "-"}`,
    verdict(isWithinBound(subject, cost)),
  ];
}
