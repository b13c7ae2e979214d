import type { Event } from "../../src/schemas/event.ts";
import type { NewSubscription } from "../../src/schemas/subscription.ts";

/** An event as a producer sends it, without the old field names. */
export type SentEvent = Omit<Event, "id" | "recorded_at" | "inventory_namespace" | "allowed_roles" | "timestamp"> & {
  timestamp?: string | number;
};

export function anEvent(fields: Partial<SentEvent> = {}): SentEvent {
  return { type: "USER_SIGNUP", ...fields };
}

/** Makes `count` events. `fields` may give each event other fields. */
export function someEvents(count: number, fields: (index: number) => Partial<SentEvent> = () => ({})): SentEvent[] {
  return Array.from({ length: count }, (_, index) => anEvent(fields(index)));
}

export function aSubscription(fields: Partial<NewSubscription> = {}): Partial<NewSubscription> {
  return { type: "webhook", url: "https://receiver.example.com/hook", ...fields };
}
