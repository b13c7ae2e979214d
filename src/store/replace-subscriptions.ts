import type { Database } from "./database.ts";
import type { SubscriptionRow } from "./subscriptions.ts";

type Writable = Omit<
  SubscriptionRow,
  "id" | "project" | "signing_secret" | "created_at" | "type" | "failing_since" | "consecutive_failures"
>;

/** What a project's set becomes, worked out from its state at `fromVersion`. */
export interface SetReplacement {
  project: string;
  fromVersion: number;
  /** Of this write alone: tells whose the next version is. */
  writer: string;
  kept: (Writable & { id: number })[];
  added: Omit<SubscriptionRow, "id" | "project" | "failing_since" | "consecutive_failures">[];
  /** Kept ones that go from enabled to disabled, and back. */
  disabled: number[];
  revived: number[];
  now: number;
}

/**
 * One transaction, or nothing where the set is no longer at `fromVersion`: answers whether it was. Deliveries follow:
 * those of a subscription that goes are cancelled, of one that is disabled held, of one that is revived released with
 * a fresh schedule, due at once.
 */
export async function replaceSubscriptionSet(db: Database, replacement: SetReplacement): Promise<boolean> {
  const [claimed] = await db.batch([
    claimNextVersion(db, replacement),
    ...followingDeliveries(db, replacement),
    ...subscriptionChanges(db, replacement),
  ]);
  return claimed?.meta.changes === 1;
}

/** Guards each statement: ?1 is the project, ?2 the writer. */
const SET_IS_MINE = `EXISTS (SELECT 1 FROM subscription_sets WHERE project = ?1 AND writer = ?2)`;

function claimNextVersion(db: Database, { project, writer, fromVersion }: SetReplacement): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO subscription_sets (project, version, writer) VALUES (?1, 1, ?2)
      ON CONFLICT (project) DO UPDATE SET version = version + 1, writer = excluded.writer WHERE version = ?3`,
    )
    .bind(project, writer, fromVersion);
}

function followingDeliveries(
  db: Database,
  { project, writer, kept, disabled, revived, now }: SetReplacement,
): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `UPDATE deliveries SET state = 'cancelled', settled_at = ?4, lease_token = NULL, lease_until = NULL
        WHERE state IN ('pending', 'held') AND ${SET_IS_MINE} AND subscription_id IN (
          SELECT id FROM subscriptions WHERE project = ?1 AND id NOT IN (SELECT value FROM json_each(?3)))`,
      )
      .bind(project, writer, JSON.stringify(kept.map(({ id }) => id)), now),
    db
      .prepare(
        `UPDATE deliveries SET state = 'held', lease_token = NULL, lease_until = NULL
        WHERE state = 'pending' AND ${SET_IS_MINE}
          AND subscription_id IN (SELECT value FROM json_each(?3))`,
      )
      .bind(project, writer, JSON.stringify(disabled)),
    db
      .prepare(
        `UPDATE deliveries SET state = 'pending', schedule_from = attempts, next_attempt_at = ?4, sweep_at = ?4
        WHERE state = 'held' AND ${SET_IS_MINE}
          AND subscription_id IN (SELECT value FROM json_each(?3))`,
      )
      .bind(project, writer, JSON.stringify(revived), now),
  ];
}

function subscriptionChanges(db: Database, { project, writer, kept, added }: SetReplacement): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `DELETE FROM subscriptions
        WHERE project = ?1 AND ${SET_IS_MINE} AND id NOT IN (SELECT value FROM json_each(?3))`,
      )
      .bind(project, writer, JSON.stringify(kept.map(({ id }) => id))),
    ...kept.map(({ id, ...row }) => updateOne(db, project, writer, id, row)),
    ...added.map((row) => insertOne(db, project, writer, row)),
  ];
}

function updateOne(db: Database, project: string, writer: string, id: number, row: Writable): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE subscriptions SET url = ?4, slack_username = ?5, slack_icon = ?6, event_types = ?7, allowed_groups = ?8,
        enabled = ?9, disabled_reason = ?10, disabled_at = ?11,
        -- a new URL or a revival starts afresh
        failing_since = iif(url = ?4 AND enabled >= ?9, failing_since, NULL),
        consecutive_failures = iif(url = ?4 AND enabled >= ?9, consecutive_failures, 0)
      WHERE id = ?3 AND project = ?1 AND ${SET_IS_MINE}`,
    )
    .bind(project, writer, id, ...writableValues(row));
}

function insertOne(
  db: Database,
  project: string,
  writer: string,
  row: SetReplacement["added"][0],
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO subscriptions (project, type, signing_secret, created_at, url, slack_username, slack_icon, event_types,
        allowed_groups, enabled, disabled_reason, disabled_at)
      SELECT ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 WHERE ${SET_IS_MINE}`,
    )
    .bind(project, writer, row.type, row.signing_secret, row.created_at, ...writableValues(row));
}

function writableValues(row: Writable): (string | number | null)[] {
  return [
    row.url,
    row.slack_username,
    row.slack_icon,
    row.event_types && JSON.stringify(row.event_types),
    JSON.stringify(row.allowed_groups),
    row.enabled ? 1 : 0,
    row.disabled_reason,
    row.disabled_at,
  ];
}
