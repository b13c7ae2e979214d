import type { D1Migration } from "cloudflare:test";

declare global {
  namespace Cloudflare {
    interface Env {
      MIGRATIONS: D1Migration[];
      /** The number of runs of a property. See `propertyRuns`. */
      FC_RUNS: string;
    }
  }
}
