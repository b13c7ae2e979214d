import { pageBound } from "../page-bound.ts";

/**
 * The measured subjects, in the order of each round. One request counts as `units` in the rate. The bound on its rows
 * depends on `reads`: a page for a number of groups, an unchanged page for a number of groups, one row, or the rows
 * that it writes.
 */
export const SUBJECTS = [
  { name: "route without D1", unit: "responses", units: 1 },
  { name: "route with SELECT 1", unit: "responses", units: 1 },
  { name: "page of 50, 3 groups", unit: "pages", units: 1, reads: { pageFor: 3 } },
  { name: "the same, with its log line", unit: "pages", units: 1 },
  { name: "page of 50, 10 groups", unit: "pages", units: 1, reads: { pageFor: 10 } },
  { name: "deep page of 50, 3 groups", unit: "pages", units: 1, reads: { pageFor: 3 } },
  { name: "a new page of 50 each time", unit: "pages", units: 1, reads: { pageFor: 3 } },
  { name: "unchanged page (304)", unit: "pages", units: 1, reads: { nothingNewFor: 3 } },
  { name: "single event", unit: "responses", units: 1, reads: "one event" },
  { name: "bare batch of 1 event", unit: "events", units: 1 },
  { name: "recording 1 event", unit: "events", units: 1, bare: "bare batch of 1 event", reads: "as it writes" },
  { name: "bare batch of 100 events", unit: "events", units: 100 },
  { name: "recording 100 events", unit: "events", units: 100, bare: "bare batch of 100 events", reads: "as it writes" },
] as const satisfies { reads?: Reads; [field: string]: unknown }[];

type Reads = { pageFor: number } | { nothingNewFor: number } | "one event" | "as it writes";

export type Subject = (typeof SUBJECTS)[number];
export type SubjectName = Subject["name"];

export const CONCURRENCIES: readonly number[] = [1, 16];

/** The jobs of the bench Worker. */
export type Job =
  | { do: "fill"; from: number; count: number }
  | { do: "probe"; subject: SubjectName }
  | { do: "measure"; subject: SubjectName; concurrency: number; requests: number };

/** What one request of a subject costs on D1, and the size of its response. */
export interface Cost {
  rowsRead: number | undefined;
  rowsWritten: number | undefined;
  bytes: number;
  /** The number of entries in the reader's feeds for the events of the page. 0 if the subject is no page. */
  entries: number;
}

/** Returns the maximum number of rows that a subject may read, or undefined for a floor. */
export function rowBound(subject: Subject, { entries, rowsWritten = 0 }: Cost): number | undefined {
  if (!("reads" in subject)) return undefined;
  const { reads } = subject;
  // Also the rows of the IDs that are asked for, of the archive's boundary, and of its segments.
  if (reads === "one event") return 4;
  if (reads === "as it writes") return 3 * rowsWritten + 20;
  if ("pageFor" in reads) return pageBound({ entries, groups: reads.pageFor });
  return 6 * reads.nothingNewFor + 20;
}

/** All requests of a measurement. */
export interface Measurement {
  milliseconds: number;
}
