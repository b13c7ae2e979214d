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

/** Cloudflare D1, "Limits": a database has at most 10 GB. */
export const MAX_DATABASE_BYTES = 10_000_000_000;
