import type { D1Migration } from "cloudflare:test";

declare global {
  namespace Cloudflare {
    interface Env {
      MIGRATIONS: D1Migration[];
      /** How often a property is tried. */
      FC_RUNS: string;
    }
  }
}
