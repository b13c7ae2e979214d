import type { EventType } from "../../schemas/event.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";

export const CHANNEL_NAMES: Record<SubscriptionType, string> = { webhook: "Webhook", slack: "Slack" };

/** "Webhook 1" */
export function subscriptionName({ id, type }: { id: string | number; type: SubscriptionType }): string {
  return `${CHANNEL_NAMES[type]} ${id}`;
}

/** "Redeploy state deployment" for `REDEPLOY_STATE_DEPLOYMENT`. */
export function typeName(type: EventType): string {
  const words = type
    .toLowerCase()
    .replaceAll("_", " ")
    .replace(/ event$/, "")
    .replace(/\bacl\b/, "access");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Each type of event belongs to exactly one category. */
export const EVENT_CATEGORIES: [name: string, belongs: (type: EventType) => boolean][] = [
  ["Builds", (type) => type.includes("BUILD")],
  ["Projects", (type) => (type.includes("STATE") && !type.endsWith("_ACL")) || /^(?:RERUN|DESTROY)/.test(type)],
  ["Inventory", (type) => type.includes("INVENTORY") && !type.endsWith("_ACL")],
  ["Access", (type) => type.endsWith("_ACL")],
  ["People", (type) => /^(?:USER|TEAM)_/.test(type)],
];
