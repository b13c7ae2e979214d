import { sha256 } from "../../lib/crypto.ts";
import type { NewSubscription } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";

/** The settings that an owner can change, in an entry of a `PUT` or in a row. */
interface Settings {
  url: string;
  slack_username?: string | null | undefined;
  slack_icon?: string | null | undefined;
  event_types?: readonly string[] | null | undefined;
  allowed_groups?: readonly string[] | undefined;
  enabled: boolean;
}

/** The settings as text, for comparison. A field that is left out equals NULL. */
export function settingsText({
  url,
  slack_username,
  slack_icon,
  event_types,
  allowed_groups,
  enabled,
}: Settings): string {
  const fields = [url, slack_username, slack_icon, event_types, allowed_groups, enabled];
  return JSON.stringify(fields.map((field) => field ?? null));
}

/** A fingerprint of the settings. It also changes when the service disables the subscription. */
export function settingsTag(row: SubscriptionRow): string {
  return sha256(settingsText(row), "base64url").slice(0, 22);
}

/** An entry that leaves the subscription as it is. */
export function toEntry(row: SubscriptionRow): NewSubscription {
  return {
    id: `${row.id}`,
    type: row.type,
    url: row.url,
    slack_username: row.slack_username ?? undefined,
    slack_icon: row.slack_icon ?? undefined,
    event_types: row.event_types ?? undefined,
    allowed_groups: row.allowed_groups,
    enabled: row.enabled,
  };
}
