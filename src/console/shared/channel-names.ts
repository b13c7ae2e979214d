import type { SubscriptionType } from "../../schemas/subscription.ts";

export const CHANNEL_NAMES: Record<SubscriptionType, string> = { webhook: "Webhook", slack: "Slack" };

/** "Webhook 1". */
export function subscriptionName({ id, type }: { id: string | number; type: SubscriptionType }): string {
  return `${CHANNEL_NAMES[type]} ${id}`;
}
