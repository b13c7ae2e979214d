import { env } from "cloudflare:workers";
import { advanceLog } from "../../src/domain/log/advance-log.ts";
import { BUNDLE_EVENTS } from "../../src/segments/manifest.ts";
import { aMovingContext, moveAllHistory } from "./moved-history.ts";

/** Inserts events that no feed has, until the number of events in D1 is a multiple of 256. */
export async function fillBundle(): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE fillers (id, missing) AS (
      SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'events') + 1,
        (${BUNDLE_EVENTS} - count(*) % ${BUNDLE_EVENTS}) % ${BUNDLE_EVENTS} FROM events
      UNION ALL SELECT id + 1, missing - 1 FROM fillers WHERE missing > 1
    ) INSERT INTO events (id, type, timestamp, recorded_at, opening, json)
    SELECT id, 'USER_SIGNUP', '1', 0, randomblob(32),
      '{"id":"' || id || '","type":"USER_SIGNUP","timestamp":"1","recorded_at":"1970-01-01T00:00:00.000Z"}'
    FROM fillers WHERE missing > 0`,
  ).run();
}

/**
 * Moves all recorded events. First adds as many events as are needed to fill the last segment. With a log in
 * `bindings`, all events get their entries before the move.
 */
export async function archiveAll(bindings: Partial<Env> = {}, segmentEvents = BUNDLE_EVENTS): Promise<void> {
  await fillBundle();
  await advanceLog(aMovingContext(bindings));
  await moveAllHistory({ bindings, segmentEvents });
}
