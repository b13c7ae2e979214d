import { median, medianRatio } from "../median.ts";
import { tableOf } from "../table.ts";
import { SUBJECTS, type Cost, type Subject, type SubjectName } from "./plan.ts";
import type { Rates } from "./rounds.ts";

type Costs = Map<SubjectName, Cost>;

const HEADINGS = ["", "per second", "of no D1", "of SELECT 1", "of bare batch", "rows read", "written", "bytes"];

/** One line a subject. A ratio is the median of the rounds' ratios, of requests, not of the events they carry. */
export function reportOf(rates: Rates, costs: Costs): string {
  return tableOf([HEADINGS, ...SUBJECTS.map((subject) => lineOf(subject, rates, costs))]);
}

function lineOf(subject: Subject, rates: Rates, costs: Costs): string[] {
  const cost = costs.get(subject.name);
  const ratio = (floor: SubjectName | undefined) =>
    floor === undefined ? "" : medianRatio(rates.get(subject.name) ?? [], rates.get(floor) ?? []).toPrecision(2);
  return [
    subject.name,
    `${Math.round(subject.units * median(rates.get(subject.name) ?? []))} ${subject.unit}`,
    ratio("route without D1"),
    ratio("route with SELECT 1"),
    ratio("bare" in subject ? subject.bare : undefined),
    `${cost?.rowsRead ?? "-"}`,
    `${cost?.rowsWritten ?? "-"}`,
    `${cost?.bytes ?? "-"}`,
  ];
}
