/** How often a stream asks D1 at most. D1: 1,000 queries an invocation; the margin is for what else it asks. */
export const MAX_QUERIES = 900;

/** How many events a stream with filters looks at in one query: more than a page, for nobody waits for its end. */
export const MAX_SCANNED_IN_STREAM = 10_000;
