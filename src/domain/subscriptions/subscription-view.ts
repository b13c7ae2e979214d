import type { Subscription } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";

/** A subscription as it is served. A webhook URL is a secret: who is no owner sees its origin alone. */
export function toSubscription(row: SubscriptionRow, toOwner: boolean): Subscription {
  return {
    id: `${row.id}`,
    type: row.type,
    url: toOwner ? row.url : new URL(row.url).origin,
    ...(row.slack_username !== null && { slack_username: row.slack_username }),
    ...(row.slack_icon !== null && { slack_icon: row.slack_icon }),
    ...(row.event_types !== null && { event_types: row.event_types }),
    allowed_groups: row.allowed_groups,
    enabled: row.enabled,
    status: row.enabled ? (row.failing_since === null ? "active" : "failing") : "disabled",
    ...(row.disabled_reason !== null && { disabled_reason: row.disabled_reason }),
    ...(row.disabled_at !== null && { disabled_at: new Date(row.disabled_at).toISOString() }),
    created_at: new Date(row.created_at).toISOString(),
  };
}
