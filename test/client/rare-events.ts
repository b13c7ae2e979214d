import { MAX_SCANNED } from "../../src/domain/events/listing-query.ts";
import { someEvents } from "../support/factories.ts";
import type { aService } from "../support/service.ts";

const AT_ONCE = 100;

/** Two events of the user "rare", with more events between them than one request scans. */
export async function recordRareEvents({ record }: ReturnType<typeof aService>): Promise<void> {
  const rare = someEvents(1, () => ({ username: "rare" }));
  const usual = someEvents(AT_ONCE, () => ({ username: "usual" }));
  await record(rare);
  for (let count = 0; count < 2 * MAX_SCANNED; count += AT_ONCE) await record(usual);
  await record(rare);
}
