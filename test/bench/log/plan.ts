/** Events of a recording, as many as a request may have. */
export const BATCH = 100;

/** What is measured in turn. */
export const SUBJECTS = [
  "bare batch",
  "recording",
  "recording with a log",
  "recording and appending",
  "one event",
  "its proof",
] as const;
export type SubjectName = (typeof SUBJECTS)[number];

/** Events that are there before anything is measured. */
export const HISTORY = 100_000;

/** What the bench Worker does for the one who runs it. */
export type Job =
  | { do: "insert"; count: number }
  | { do: "append" }
  | { do: "size" }
  | { do: "measure"; subject: SubjectName; requests: number };
