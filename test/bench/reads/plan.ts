import { pageBound } from "../page-bound.ts";

/**
 * What is measured, in the order in which each round takes it. `units` of one request count in the rate. `reads` is what
 * its bound in rows follows: a page for so many groups, a page that is only compared for so many, one row, or what it writes.
 */
export const SUBJECTS = [
  { name: "route without D1", unit: "answers", units: 1 },
  { name: "route with SELECT 1", unit: "answers", units: 1 },
  { name: "page of 50, 3 groups", unit: "pages", units: 1, reads: { pageFor: 3 } },
  { name: "the same, its log line written", unit: "pages", units: 1 },
  { name: "page of 50, 10 groups", unit: "pages", units: 1, reads: { pageFor: 10 } },
  { name: "deep page of 50, 3 groups", unit: "pages", units: 1, reads: { pageFor: 3 } },
  { name: "another page of 50 each time", unit: "pages", units: 1, reads: { pageFor: 3 } },
  { name: "unchanged page (304)", unit: "pages", units: 1, reads: { nothingNewFor: 3 } },
  { name: "single event", unit: "answers", units: 1, reads: "one row" },
  { name: "bare batch of 1 event", unit: "events", units: 1 },
  { name: "recording 1 event", unit: "events", units: 1, bare: "bare batch of 1 event", reads: "as it writes" },
  { name: "bare batch of 100 events", unit: "events", units: 100 },
  { name: "recording 100 events", unit: "events", units: 100, bare: "bare batch of 100 events", reads: "as it writes" },
] as const satisfies { reads?: Reads; [field: string]: unknown }[];

type Reads = { pageFor: number } | { nothingNewFor: number } | "one row" | "as it writes";

export type Subject = (typeof SUBJECTS)[number];
export type SubjectName = Subject["name"];

export const CONCURRENCIES: readonly number[] = [1, 16];

/** What the bench Worker does for the one who runs it. */
export type Job =
  | { do: "fill"; from: number; count: number }
  | { do: "probe"; subject: SubjectName }
  | { do: "measure"; subject: SubjectName; concurrency: number; requests: number };

/** What one request of a subject costs on D1, and how long its answer is. */
export interface Cost {
  rowsRead: number | undefined;
  rowsWritten: number | undefined;
  bytes: number;
  /** How often the page's events are in the reader's feeds; 0 where it is no page. */
  sightings: number;
}

/** The most rows that a subject may read; undefined for floors. */
export function boundOf(subject: Subject, { sightings, rowsWritten = 0 }: Cost): number | undefined {
  if (!("reads" in subject)) return undefined;
  const { reads } = subject;
  if (reads === "one row") return 1;
  if (reads === "as it writes") return 3 * rowsWritten + 20;
  if ("pageFor" in reads) return pageBound({ sightings, groups: reads.pageFor });
  return 6 * reads.nothingNewFor + 20;
}

/** All requests of a measurement together. */
export interface Measurement {
  milliseconds: number;
}
