import { DAY_MS } from "../../lib/time.ts";
import { OPENS_AFTER_FAILURES } from "./breaker.ts";
import type { Database } from "../database.ts";
import { ifNotCarriedOut, type Fence, type EndpointHealthDelta } from "../settlement.ts";

const AUTO_DISABLE_AFTER_MS = 5 * DAY_MS;
const AUTO_DISABLE_AFTER_FAILURES = 10;
const AUTO_DISABLE_REASON = "every attempt has failed for 5 days";

/**
 * Counts each subscription's unbroken run of failures, and closes the breaker after a success: what was held meanwhile
 * is to be released. Returns the IDs of those with something to release. Writes no row of one that was well and is.
 */
export function countFailures(
  db: Database,
  healthDeltas: EndpointHealthDelta[],
  fence: Fence,
  now: number,
): D1PreparedStatement {
  const rows = healthDeltas.map(({ subscriptionId, url, delivered, failures }) => [
    subscriptionId,
    url,
    delivered,
    failures,
  ]);
  const closes = `(j.value->>2 AND j.value->>3 < ${OPENS_AFTER_FAILURES} AND probe_delivery_id IS NOT NULL)`;
  return db
    .prepare(
      `UPDATE subscriptions SET
        consecutive_failures = iif(j.value->>2, 0, consecutive_failures) + (j.value->>3),
        failing_since = iif(j.value->>3 = 0, iif(j.value->>2, NULL, failing_since), iif(j.value->>2, ?2, coalesce(failing_since, ?2))),
        release_mode = iif(${closes}, coalesce(release_mode, 'resume'), release_mode),
        failed_probes = iif(${closes}, 0, failed_probes),
        probe_delivery_id = iif(${closes}, NULL, probe_delivery_id)
      FROM json_each(${ifNotCarriedOut("?1", "?3")}) j
      WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1
        AND (j.value->>3 > 0 OR (j.value->>2 AND consecutive_failures > 0))
      RETURNING id, release_mode`,
    )
    .bind(JSON.stringify(rows), now, fence);
}

/**
 * Disables those whose destination is gone, or whose every attempt has failed for 5 days, at least 10 of them. Whose URL
 * has changed meanwhile is left alone. The set's version moves too, so that an owner who read it before cannot revive
 * one unawares.
 */
export function disableUnreachable(
  db: Database,
  healthDeltas: EndpointHealthDelta[],
  fence: Fence,
  now: number,
): D1PreparedStatement[] {
  const rows = healthDeltas.map(({ subscriptionId, url, gone }) => [subscriptionId, url, gone]);
  return [
    db
      .prepare(
        `UPDATE subscriptions SET enabled = 0, disabled_at = ?2, disabled_reason = coalesce(j.value->>2, ?3),
          probe_delivery_id = NULL, failed_probes = 0, release_mode = NULL
        FROM json_each(${ifNotCarriedOut("?1", "?6")}) j
        WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1 AND enabled
          AND (j.value->>2 IS NOT NULL OR (failing_since <= ?4 AND consecutive_failures >= ?5))`,
      )
      .bind(
        JSON.stringify(rows),
        now,
        AUTO_DISABLE_REASON,
        now - AUTO_DISABLE_AFTER_MS,
        AUTO_DISABLE_AFTER_FAILURES,
        fence,
      ),
    db
      .prepare(
        `UPDATE subscription_sets SET version = version + 1, write_token = '' WHERE project IN (
          SELECT project FROM subscriptions
          WHERE id IN (SELECT value->>0 FROM json_each(${ifNotCarriedOut("?1", "?3")})) AND NOT enabled AND disabled_at = ?2)`,
      )
      .bind(JSON.stringify(rows), now, fence),
  ];
}
