import type { Event } from "../../schemas/event.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";

type Filter = Pick<SubscriptionRow, "event_types" | "allowed_groups">;

/**
 * Returns why a subscription does not take an event, as the end of a sentence that begins with "the subscription", or
 * undefined if it takes the event. A subscription takes the types in `event_types`, if the event is unrestricted or
 * visible to one of `allowed_groups`. This is checked before each attempt, because an owner may have shortened either
 * list.
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
