/** The phases of the move of a segment, in their order. */
export const MOVE_PHASES = [
  /** The events are written to the bucket, in bundles. */
  "bundles",
  /** The lists of the feeds' events are written to the bucket. */
  "postings",
  /** The rows of the directory are inserted. */
  "directory",
  /** The boundary is above the segment. Its rows are deleted from D1. */
  "forget",
] as const;
