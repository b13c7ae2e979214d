import { ownDueTime, holdDeliveries, REVOKE_LEASE } from "./hold-deliveries.ts";
import { recordInterruptedAttempts } from "./deleted-subscriptions.ts";
import type { Database } from "../database.ts";
import { computeGroupKeys } from "./group-keys.ts";
import type { SubscriptionRow } from "./subscription-rows.ts";

/** The columns that an owner's entry sets. */
type Writable = Pick<
  SubscriptionRow,
  | "url"
  | "slack_username"
  | "slack_icon"
  | "event_types"
  | "allowed_groups"
  | "enabled"
  | "disabled_reason"
  | "disabled_at"
>;

/** The most deliveries of deleted subscriptions that are cancelled at once. The sweep cancels the others. */
const MAX_CANCELLED = 500;

/** A change of a project's set, planned from the set at `fromVersion`. */
export interface SetReplacement {
  project: string;
  fromVersion: number;
  /** Unique to this change. If the stored token equals it, this change made the stored version. */
  writeToken: string;
  kept: (Writable & { id: number })[];
  /**
   * Subscriptions that stay as they are, with their breakers. A subscription that is neither kept nor untouched is
   * deleted.
   */
  untouched: number[];
  added: (Writable & Pick<SubscriptionRow, "type" | "signing_secret" | "created_at">)[];
  now: number;
}

/**
 * Replaces the set in one transaction. Returns false, and changes nothing, if the set is no longer at `fromVersion`.
 * The deliveries are changed in the same transaction or by the sweep. Deliveries of a deleted subscription are
 * cancelled. Deliveries of a disabled subscription are held. Deliveries of an enabled subscription are released, with a
 * fresh schedule if the subscription was disabled before.
 */
export async function replaceSubscriptionSet(db: Database, replacement: SetReplacement): Promise<boolean> {
  const { kept, added, now } = replacement;
  const keys = computeGroupKeys([...kept, ...added].map(({ allowed_groups }) => allowed_groups));
  const disabled = kept.filter(({ enabled }) => !enabled).map(({ id }) => id);
  const [claimed] = await db.batch([
    claimNextVersion(db, replacement),
    ...deleteOthers(db, replacement),
    endProbes(db, replacement),
    ...kept.map(({ id, ...row }) => updateOne(db, replacement, id, writableValues(row, keys))),
    ...added.map((row) => insertOne(db, replacement, row, writableValues(row, keys))),
    ...holdDeliveries(db, disabled, now),
  ]);
  return claimed?.meta.changes === 1;
}

/** SQL: true if this change made the set's version. Guards each statement. ?1 is the project, ?2 the write token. */
const VERSION_IS_MINE = `EXISTS (SELECT 1 FROM subscription_sets WHERE project = ?1 AND write_token = ?2)`;

function claimNextVersion(db: Database, { project, writeToken, fromVersion }: SetReplacement): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO subscription_sets (project, version, write_token) VALUES (?1, 1, ?2)
      ON CONFLICT (project) DO UPDATE SET version = version + 1, write_token = excluded.write_token WHERE version = ?3`,
    )
    .bind(project, writeToken, fromVersion);
}

function deleteOthers(
  db: Database,
  { project, writeToken, kept, untouched, now }: SetReplacement,
): D1PreparedStatement[] {
  const keptIds = JSON.stringify([...kept.map(({ id }) => id), ...untouched]);
  const others = `SELECT id FROM subscriptions
    WHERE project = ?1 AND ${VERSION_IS_MINE} AND id NOT IN (SELECT value FROM json_each(?3))`;
  const waiting = `SELECT d.id FROM (${others}) o CROSS JOIN deliveries d INDEXED BY deliveries_subscription
    ON d.subscription_id = o.id AND d.state IN ('pending', 'held') LIMIT ${MAX_CANCELLED}`;
  const waitingOfOne = `SELECT 1 FROM deliveries d INDEXED BY deliveries_subscription
    WHERE d.subscription_id = o.id AND d.state IN ('pending', 'held')`;
  return [
    recordInterruptedAttempts(db, waiting).bind(project, writeToken, keptIds),
    db
      .prepare(
        `UPDATE deliveries SET state = 'cancelled', settled_at = ?4, lease_token = NULL, lease_until = NULL
        WHERE id IN (${waiting})`,
      )
      .bind(project, writeToken, keptIds, now),
    // Inserts only subscriptions that still have deliveries to cancel, because each row costs the sweep a step.
    db
      .prepare(`INSERT INTO deleted_subscriptions (id) SELECT id FROM (${others}) o WHERE EXISTS (${waitingOfOne})`)
      .bind(project, writeToken, keptIds),
    db.prepare(`DELETE FROM subscriptions WHERE id IN (${others})`).bind(project, writeToken, keptIds),
  ];
}

/** Makes the probes due by their own schedules. Runs before the statements that close the breakers. */
function endProbes(db: Database, { project, writeToken, untouched, now }: SetReplacement): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE deliveries AS probe SET next_attempt_at = ${ownDueTime("probe")}, sweep_at = max(${ownDueTime("probe")}, ?3),
        ${REVOKE_LEASE}
      WHERE state = 'pending' AND coalesce(lease_until, 0) <= ?3 AND id IN (
        SELECT probe_delivery_id FROM subscriptions WHERE project = ?1 AND ${VERSION_IS_MINE} AND probe_delivery_id IS NOT NULL
          AND id NOT IN (SELECT value FROM json_each(?4)))`,
    )
    .bind(project, writeToken, now, JSON.stringify(untouched));
}

function updateOne(
  db: Database,
  { project, writeToken, now }: SetReplacement,
  id: number,
  values: WritableValues,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET url = ?4, slack_username = ?5, slack_icon = ?6, event_types = ?7, allowed_groups = ?8,
        enabled = ?9, disabled_reason = ?10, disabled_at = ?11, allowed_group_keys = ?12,
        -- the count of failures starts again with a new URL, and when the subscription is enabled again
        failing_since = iif(url = ?4 AND enabled >= ?9, failing_since, NULL),
        consecutive_failures = iif(url = ?4 AND enabled >= ?9, consecutive_failures, 0),
        -- if an owner sends the subscription as enabled, the breaker closes until the next failure
        release_mode = iif(?9, iif(enabled, iif(probe_delivery_id IS NULL, release_mode, coalesce(release_mode, 'resume')), 'restart'), NULL),
        probe_delivery_id = NULL, failed_probes = 0, reenabled_at = iif(?9 AND NOT enabled, ?13, reenabled_at)
      WHERE id = ?3 AND project = ?1 AND ${VERSION_IS_MINE}`,
    )
    .bind(project, writeToken, id, ...values, now);
}

function insertOne(
  db: Database,
  { project, writeToken }: SetReplacement,
  { type, signing_secret, created_at }: SetReplacement["added"][0],
  values: WritableValues,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO subscriptions (project, type, signing_secret, created_at, url, slack_username, slack_icon, event_types,
        allowed_groups, enabled, disabled_reason, disabled_at, allowed_group_keys)
      SELECT ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14 WHERE ${VERSION_IS_MINE}`,
    )
    .bind(project, writeToken, type, signing_secret, created_at, ...values);
}

type WritableValues = (string | number | null)[];

function writableValues(row: Writable, keys: Map<string, string>): WritableValues {
  return [
    row.url,
    row.slack_username,
    row.slack_icon,
    row.event_types && JSON.stringify(row.event_types),
    JSON.stringify(row.allowed_groups),
    row.enabled ? 1 : 0,
    row.disabled_reason,
    row.disabled_at,
    JSON.stringify(Object.fromEntries(row.allowed_groups.map((name) => [keys.get(name), 1]))),
  ];
}
