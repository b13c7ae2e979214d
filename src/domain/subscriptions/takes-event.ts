import type { Event } from "../../schemas/event.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";

type Choosing = Pick<SubscriptionRow, "event_types" | "allowed_groups">;
type Chosen = Pick<Event, "type" | "allowed_groups">;

/**
 * Why a subscription does not take an event, as it goes on after "its subscription"; undefined where it does. It takes
 * the types in its `event_types`, unrestricted events, and those for a group in its `allowed_groups`. It is asked again
 * before each attempt, since an owner may have narrowed both lists after the event was recorded.
 */
export function reasonNotTaken({ event_types, allowed_groups }: Choosing, event: Chosen): string | undefined {
  if (event_types !== null && !event_types.includes(event.type)) return `does not take the type ${event.type}`;
  const groups = new Set(allowed_groups);
  const isTaken = event.allowed_groups?.some((group) => groups.has(group)) ?? true;
  return isTaken ? undefined : "has none of the groups that may see this event";
}
