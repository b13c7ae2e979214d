/** The number of events in a recording. It is the maximum of a request. */
export const BATCH = 100;

/** The subjects, in the order in which they are measured. */
export const SUBJECTS = [
  "bare batch",
  "recording",
  "recording with a log",
  "recording and appending",
  "one event",
  "its proof",
] as const;
export type SubjectName = (typeof SUBJECTS)[number];

/** Events that are in the log before anything is measured. */
export const HISTORY = 100_000;

/** The jobs of the bench Worker. */
export type Job =
  | { do: "insert"; count: number }
  | { do: "append" }
  | { do: "size" }
  | { do: "measure"; subject: SubjectName; requests: number };
