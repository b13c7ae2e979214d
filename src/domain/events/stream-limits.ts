import type { Usage } from "../../store/database.ts";

/**
 * The maximum number of queries of one download, or of one invocation that sends streams. D1 allows 1,000 in an
 * invocation. The other 100 are for its other work.
 */
export const MAX_STREAM_QUERIES = 900;

/**
 * After so many reads of the bucket, the invocation begins no other page. Workers allow 10,000 subrequests in an
 * invocation. A read of an object may cost three, because the edge cache is asked before and filled after it. A page has at
 * most 1,001 objects, and five streams may each read one.
 */
export const MAX_STREAM_GETS = 2_000;

/** True if the invocation must not read another page. Otherwise the platform would end it, perhaps within a page. */
export function isSpent({ queries, r2Gets }: Usage): boolean {
  return queries >= MAX_STREAM_QUERIES || r2Gets >= MAX_STREAM_GETS;
}
