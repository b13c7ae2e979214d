import type { SetReplacement } from "../../store/subscriptions/replace-subscriptions.ts";
import type { SubscriptionRow, SubscriptionSet } from "../../store/subscriptions/subscription-rows.ts";

type Kept = SetReplacement["kept"][0];

/**
 * Whether a replacement leaves the set as it is. An open breaker is a change: an owner who says that a subscription is
 * enabled closes it.
 */
export function changesNothing({ kept, untouched, added }: SetReplacement, { rows }: SubscriptionSet): boolean {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const stays = (one: Kept) => {
    const row = byId.get(one.id);
    return row !== undefined && row.probe_delivery_id === null && decided(row) === decided(one);
  };
  return added.length === 0 && kept.length + untouched.length === rows.length && kept.every(stays);
}

/** What an entry decides, as a text to compare. */
function decided(row: Kept | SubscriptionRow): string {
  const { url, slack_username, slack_icon, event_types, allowed_groups, enabled, disabled_reason, disabled_at } = row;
  return JSON.stringify([
    [url, slack_username, slack_icon],
    [event_types, allowed_groups],
    [enabled, disabled_reason, disabled_at],
  ]);
}
