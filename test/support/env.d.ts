import type { D1Migration } from "cloudflare:test";

declare global {
  namespace Cloudflare {
    interface Env {
      MIGRATIONS: D1Migration[];
      /** An empty database without tables. See `openUnmoved`. */
      UNMOVED: D1Database;
      /** The number of runs of a property. See `propertyRuns`. */
      FC_RUNS: string;
    }
  }
}
