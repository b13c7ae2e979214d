import type { Event } from "../../schemas/event.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";

type Filter = Pick<SubscriptionRow, "event_types" | "allowed_groups">;

/**
 * Why a subscription does not take an event, to follow the words "its subscription"; undefined if it does. It takes
 * events of the types in `event_types` that are unrestricted, or visible to a group in `allowed_groups`. Checked again
 * before each attempt, since an owner may have shortened either list after the event was recorded.
 */
export function reasonNotTaken(
  { event_types, allowed_groups }: Filter,
  event: Pick<Event, "type" | "allowed_groups">,
): string | undefined {
  if (event_types !== null && !event_types.includes(event.type)) return `does not take the type ${event.type}`;
  const groups = new Set(allowed_groups);
  const isTaken = event.allowed_groups?.some((group) => groups.has(group)) ?? true;
  return isTaken ? undefined : "has none of the groups that may see this event";
}
