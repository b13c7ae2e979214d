import type { EventType } from "../../schemas/event.ts";
import type { Database } from "../database.ts";
import type { SubscriptionRow } from "../subscriptions/subscription-rows.ts";
import type { PreviousSecret } from "../tables/subscription-tables.ts";

export type ClaimedSubscription = Pick<
  SubscriptionRow,
  | "type"
  | "url"
  | "slack_username"
  | "slack_icon"
  | "signing_secret"
  | "previous_secrets"
  | "event_types"
  | "allowed_groups"
  | "consecutive_failures"
>;

export type SubscriptionColumns = Pick<
  SubscriptionRow,
  "url" | "slack_username" | "slack_icon" | "signing_secret" | "consecutive_failures"
> & {
  subscription_id: number;
  subscription_type: SubscriptionRow["type"];
  /** JSON, like the next two fields. Null if the list is longer than `MAX_SHORT_LIST`. */
  allowed_groups: string | null;
  event_types: string | null;
  previous_secrets: string;
  /** The length of `allowed_groups`, in characters. */
  length: number;
};

/**
 * In characters. Longer lists are loaded separately, because a hundred lists of the maximum length would not fit in an
 * isolate's memory.
 */
const MAX_SHORT_LIST = 40_000;
const MAX_LOADED = 100 * MAX_SHORT_LIST;

/** Selects the subscriptions of the leased deliveries. */
export function selectSubscriptions(db: Database, ids: string, leaseToken: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT id AS subscription_id, type AS subscription_type, url, slack_username, slack_icon, signing_secret,
        event_types, previous_secrets, consecutive_failures, length(allowed_groups) AS length,
        iif(length(allowed_groups) <= ${MAX_SHORT_LIST}, allowed_groups, NULL) AS allowed_groups
      FROM subscriptions WHERE id IN (
        SELECT subscription_id FROM deliveries WHERE id IN (SELECT value FROM json_each(?1)) AND lease_token = ?2)`,
    )
    .bind(ids, leaseToken);
}

/**
 * Loads long lists into `rows`, the shorter lists first. Loads at least one list, and then more lists up to
 * `MAX_LOADED` characters in total. Returns the IDs of the subscriptions whose lists were not loaded.
 */
export async function loadLongLists(db: Database, rows: SubscriptionColumns[]): Promise<Set<number>> {
  const long = rows
    .filter(({ allowed_groups }) => allowed_groups === null)
    .toSorted((one, other) => one.length - other.length);
  if (long.length === 0) return new Set();
  let total = 0;
  const fitting = long.filter(({ length }, index) => (total += length) <= MAX_LOADED || index === 0);
  const { results } = await db
    .prepare(`SELECT id, allowed_groups FROM subscriptions WHERE id IN (SELECT value FROM json_each(?1))`)
    .bind(JSON.stringify(fitting.map(({ subscription_id }) => subscription_id)))
    .all<{ id: number; allowed_groups: string }>();
  const lists = new Map(results.map(({ id, allowed_groups }) => [id, allowed_groups]));
  for (const row of fitting) row.allowed_groups = lists.get(row.subscription_id) ?? null;
  return new Set(long.slice(fitting.length).map(({ subscription_id }) => subscription_id));
}

/** Returns undefined if a list is not JSON, so that a damaged row does not fail the claim of the other deliveries. */
export function toClaimedSubscription(row: SubscriptionColumns): ClaimedSubscription | undefined {
  const { subscription_type: type, url, slack_username, slack_icon, signing_secret, consecutive_failures } = row;
  try {
    return {
      type,
      url,
      slack_username,
      slack_icon,
      signing_secret,
      consecutive_failures,
      // only this service writes these columns
      event_types: JSON.parse(row.event_types ?? "null") as EventType[] | null,
      previous_secrets: JSON.parse(row.previous_secrets) as PreviousSecret[],
      allowed_groups: JSON.parse(row.allowed_groups ?? "") as string[],
    };
  } catch {
    return undefined;
  }
}
