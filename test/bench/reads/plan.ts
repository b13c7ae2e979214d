/** What is measured, in the order in which each round takes it. `units` of one request count in the rate. */
export const SUBJECTS = [
  { name: "route without D1", unit: "answers", units: 1 },
  { name: "route with SELECT 1", unit: "answers", units: 1 },
  { name: "page of 50, 3 groups", unit: "pages", units: 1 },
  { name: "the same, its log line written", unit: "pages", units: 1 },
  { name: "page of 50, 10 groups", unit: "pages", units: 1 },
  { name: "deep page of 50, 3 groups", unit: "pages", units: 1 },
  { name: "another page of 50 each time", unit: "pages", units: 1 },
  { name: "unchanged page (304)", unit: "pages", units: 1 },
  { name: "single event", unit: "answers", units: 1 },
  { name: "bare batch of 1 event", unit: "events", units: 1 },
  { name: "recording 1 event", unit: "events", units: 1, bare: "bare batch of 1 event" },
  { name: "bare batch of 100 events", unit: "events", units: 100 },
  { name: "recording 100 events", unit: "events", units: 100, bare: "bare batch of 100 events" },
] as const;

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
}

/** All requests of a measurement together. */
export interface Measurement {
  milliseconds: number;
}
