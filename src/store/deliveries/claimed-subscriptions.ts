import type { EventType } from "../../schemas/event.ts";
import type { Database } from "../database.ts";
import type { SubscriptionRow } from "../subscriptions/subscriptions.ts";
import type { RetiredSecret } from "../tables/subscriptions.ts";

export type ClaimedSubscription = Pick<
  SubscriptionRow,
  | "type"
  | "url"
  | "slack_username"
  | "slack_icon"
  | "signing_secret"
  | "retired_secrets"
  | "event_types"
  | "allowed_groups"
>;

export type SubscriptionColumns = Pick<SubscriptionRow, "url" | "slack_username" | "slack_icon" | "signing_secret"> & {
  subscription_id: number;
  subscription_type: SubscriptionRow["type"];
  is_loaded: 0 | 1;
  /** JSON, as the other two; NULL where it is not loaded. */
  allowed_groups: string;
  event_types: string | null;
  retired_secrets: string;
};

/** What the lists of a claim's subscriptions may come to: a hundred of the longest would not fit in an isolate's memory. */
const MOST_LISTED = 4_000_000;

/**
 * Each subscription of what is leased once, however many deliveries it has. Shorter lists come first, so that nobody's
 * long ones are in the way of the others; one is always loaded.
 */
export function selectSubscriptions(db: Database, ids: string, leaseToken: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT id AS subscription_id, type AS subscription_type, url, slack_username, slack_icon, signing_secret,
        event_types, retired_secrets,
        listed <= ${MOST_LISTED} OR place = 1 AS is_loaded,
        iif(listed <= ${MOST_LISTED} OR place = 1, allowed_groups, NULL) AS allowed_groups
      FROM (
        SELECT *, row_number() OVER shorter_first AS place, sum(length(allowed_groups)) OVER shorter_first AS listed
        FROM subscriptions WHERE id IN (
          SELECT subscription_id FROM deliveries WHERE id IN (SELECT value FROM json_each(?1)) AND lease_token = ?2)
        WINDOW shorter_first AS (ORDER BY length(allowed_groups), id))`,
    )
    .bind(ids, leaseToken);
}

/** Undefined where its lists are not JSON: a row that is damaged must not fail the claim of all others. */
export function readSubscription(row: SubscriptionColumns): ClaimedSubscription | undefined {
  const { subscription_type: type, url, slack_username, slack_icon, signing_secret } = row;
  try {
    return {
      type,
      url,
      slack_username,
      slack_icon,
      signing_secret,
      // written by this service alone
      event_types: JSON.parse(row.event_types ?? "null") as EventType[] | null,
      retired_secrets: JSON.parse(row.retired_secrets) as RetiredSecret[],
      allowed_groups: JSON.parse(row.allowed_groups) as string[],
    };
  } catch {
    return undefined;
  }
}
