import { env } from "cloudflare:workers";
import { recordEvents } from "../../src/domain/events/record-events.ts";
import { advanceLog } from "../../src/domain/log/advance-log.ts";
import { BUNDLE_EVENTS } from "../../src/segments/manifest.ts";
import { NewEvent } from "../../src/schemas/event.ts";
import { aMovingContext, moveAllHistory } from "./moved-history.ts";

/**
 * Moves all events that were recorded. Before, records as many more as are missing to whole bundles. With a log in
 * `bindings`, all events get their entries first.
 */
export async function archiveAll(bindings: Partial<Env> = {}): Promise<void> {
  const context = aMovingContext(bindings);
  const hot = (await env.DB.prepare("SELECT count(*) AS events FROM events").first<number>("events")) ?? 0;
  const missing = (BUNDLE_EVENTS - (hot % BUNDLE_EVENTS)) % BUNDLE_EVENTS;
  for (let left = missing; left > 0; left -= 100) {
    const fillers = Array.from({ length: Math.min(left, 100) }, () => NewEvent.parse({ type: "USER_SIGNUP" }));
    await recordEvents(context, fillers);
  }
  await advanceLog(context);
  await moveAllHistory({ bindings });
}
