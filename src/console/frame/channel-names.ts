import type { SubscriptionType } from "../../schemas/subscription.ts";

export const CHANNEL_NAMES: Record<SubscriptionType, string> = { webhook: "Webhook", slack: "Slack" };
