import { isDeepStrictEqual } from "node:util";
import type { Event, EventType } from "../../src/schemas/event.ts";

/** An event as a producer sends it. Its `timestamp` is unique, so it identifies the event. */
export interface SentEvent {
  type: EventType;
  timestamp: string;
  username?: string;
  inventory_project?: string;
  inventory_application?: string;
  inventory_version?: string;
  state_project?: string;
  state_environment?: string;
  state_deployment?: string;
  allowed_groups?: string[];
  data: Record<string, unknown>;
}

/** An event as it was sent and as it is served. */
export interface Entry {
  sent: SentEvent;
  served: Event;
}

export function isServedAsSent(sent: SentEvent, served: Event): boolean {
  const { id, recorded_at, inventory_namespace, allowed_roles, ...fields } = served;
  return (
    !Number.isNaN(Date.parse(recorded_at)) &&
    isDeepStrictEqual({ id, ...fields }, { id, ...sent }) &&
    !Number.isNaN(Date.parse(recorded_at)) &&
    inventory_namespace === sent.inventory_project &&
    isDeepStrictEqual(allowed_roles, sent.allowed_groups)
  );
}
