import { formatIso } from "../../lib/time.ts";
import type { Subscription } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";

export interface SubscriptionPath {
  project: string;
  id: string;
}

/** A subscription as the verbs return it, without its signing secrets. */
export interface SubscriptionView {
  project: string;
  /** As the API serves it. */
  subscription: Subscription;
  /** RFC 3339: when the first failed attempt since the last success was made. */
  failingSince: string | undefined;
  /** True if the circuit breaker is open: one delivery at a time is attempted, and the others are held. */
  isBreakerOpen: boolean;
}

/** A webhook URL is a secret: only an owner sees more of it than its origin. */
export function toSubscriptionView(row: SubscriptionRow, isOwner: boolean): SubscriptionView {
  return {
    project: row.project,
    subscription: toSubscription(row, isOwner),
    failingSince: row.failing_since === null ? undefined : formatIso(row.failing_since),
    isBreakerOpen: row.probe_delivery_id !== null,
  };
}

function toSubscription(row: SubscriptionRow, isOwner: boolean): Subscription {
  return {
    id: `${row.id}`,
    type: row.type,
    url: isOwner ? row.url : new URL(row.url).origin,
    ...(row.slack_username !== null && { slack_username: row.slack_username }),
    ...(row.slack_icon !== null && { slack_icon: row.slack_icon }),
    ...(row.event_types !== null && { event_types: row.event_types }),
    allowed_groups: row.allowed_groups,
    enabled: row.enabled,
    status: row.enabled ? (row.failing_since === null ? "active" : "failing") : "disabled",
    ...(row.disabled_reason !== null && { disabled_reason: row.disabled_reason }),
    ...(row.disabled_at !== null && { disabled_at: formatIso(row.disabled_at) }),
    created_at: formatIso(row.created_at),
  };
}
