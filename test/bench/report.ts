import { SUBJECTS, type Cost, type Subject, type SubjectName } from "./plan.ts";
import type { Rates } from "./rounds.ts";

type Costs = Map<SubjectName, Cost>;

const HEADINGS = ["", "per second", "of no D1", "of SELECT 1", "of bare batch", "rows read", "written", "bytes"];

/** One line a subject. A ratio is the median of the rounds' ratios, of requests, not of the events they carry. */
export function tableOf(rates: Rates, costs: Costs): string {
  const lines = [HEADINGS, ...SUBJECTS.map((subject) => lineOf(subject, rates, costs))];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
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

function medianRatio(ofThis: number[], ofThat: number[]): number {
  return median(ofThis.map((rate, round) => rate / (ofThat[round] ?? NaN)));
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}
