import { DAY_MS } from "../../lib/time.ts";
import type { Database } from "../database.ts";
import { unlessCommitted, type CommitMarker, type EndpointHealthDelta } from "../settlement.ts";

const AUTO_DISABLE_AFTER_MS = 5 * DAY_MS;
const AUTO_DISABLE_AFTER_FAILURES = 10;
const AUTO_DISABLE_REASON = "every attempt has failed for 5 days";

/**
 * Disables each subscription whose destination is gone. Also disables each subscription whose attempts have all failed
 * for 5 days, if there were at least 10 attempts. A subscription whose URL has changed in the meantime stays enabled.
 * Also increases the version of the set, so that an owner who read the set before does not enable the subscription
 * again by accident.
 */
export function disableUnreachable(
  db: Database,
  healthDeltas: EndpointHealthDelta[],
  marker: CommitMarker,
  now: number,
): D1PreparedStatement[] {
  const rows = healthDeltas.map(({ subscriptionId, url, gone }) => [subscriptionId, url, gone]);
  return [
    db
      .prepare(
        `UPDATE subscriptions SET enabled = 0, disabled_at = ?2, disabled_reason = coalesce(j.value->>2, ?3),
          probe_delivery_id = NULL, failed_probes = 0, release_mode = NULL
        FROM json_each(${unlessCommitted("?1", "?6")}) j
        WHERE subscriptions.id = j.value->>0 AND subscriptions.url = j.value->>1 AND enabled
          AND (j.value->>2 IS NOT NULL OR (failing_since <= ?4 AND consecutive_failures >= ?5))`,
      )
      .bind(
        JSON.stringify(rows),
        now,
        AUTO_DISABLE_REASON,
        now - AUTO_DISABLE_AFTER_MS,
        AUTO_DISABLE_AFTER_FAILURES,
        marker,
      ),
    db
      .prepare(
        `UPDATE subscription_sets SET version = version + 1, write_token = '' WHERE project IN (
          SELECT project FROM subscriptions
          WHERE id IN (SELECT value->>0 FROM json_each(${unlessCommitted("?1", "?3")})) AND NOT enabled AND disabled_at = ?2)`,
      )
      .bind(JSON.stringify(rows), now, marker),
  ];
}
