import { NewEvent } from "../../src/schemas/event.ts";
import { SubscriptionSet } from "../../src/schemas/subscription.ts";
import type { Context } from "../../src/context.ts";
import { recordEvents } from "../../src/domain/events/record-events.ts";
import { replaceSubscriptions } from "../../src/domain/subscriptions/subscription-set.ts";
import type { Receiver } from "./receivers.ts";
import type { QueueFaults } from "./transport.ts";

/** Something that happens at a time, whatever the queues do. */
export interface Action {
  atSeconds: number;
  name: string;
  act: (context: Context) => Promise<unknown>;
  /** Does it again after ten seconds, until it works. */
  insists: boolean;
  /** The events that it records carry its name. */
  records: number;
  /** Whether D1 is restored to a time before it. */
  isLost: boolean;
}

export interface Scenario {
  name: string;
  vars: Partial<Env>;
  subscriptions: object[];
  receivers: Record<string, Receiver>;
  actions: Action[];
  queue: Partial<QueueFaults>;
  /** How many deliveries an isolate's consumers may leave unfinished. */
  roomForLeftBehind: number;
  /**
   * Whether the log has a copy in the bucket, and whether invocations share what an isolate keeps in memory, or each runs
   * in a new one.
   */
  copy: "none" | "seen by one isolate" | "seen by new isolates";
  /** Whether a schedule may come to its end, so that a delivery fails. */
  mayFail: boolean;
  /** Whether an owner asks for events once more. */
  mayArriveTwice: boolean;
}

const START = Date.UTC(2026, 10, 23);

/** The world begins at a full minute; a receiver's and an action's times count from it. */
export const startOfTime = START;

export function aScenario(name: string, fields: Partial<Scenario>): Scenario {
  return {
    vars: {},
    subscriptions: [],
    receivers: {},
    actions: [],
    queue: {},
    roomForLeftBehind: 500,
    copy: "none",
    mayFail: false,
    mayArriveTwice: false,
    ...fields,
    name,
  };
}

/** A producer that records some events, and does not ask again. */
export function records(atSeconds: number, name: string, ...fields: object[]): Action {
  const events = eventsOf(name, fields);
  const act = (context: Context) => recordEvents(context, events);
  return { atSeconds, name, records: events.length, insists: false, isLost: false, act };
}

/** A producer that names its request, and repeats it until it is answered. */
export function recordsOnce(atSeconds: number, name: string, ...fields: object[]): Action {
  const events = eventsOf(name, fields);
  const once = { key: name, bodyHash: name };
  return {
    ...records(atSeconds, name, ...fields),
    insists: true,
    act: (context) => recordEvents(context, events, once),
  };
}

function eventsOf(name: string, fields: object[]): NewEvent[] {
  return fields.map((more) => NewEvent.parse({ type: "ADD_BUILD", username: name, state_project: "shop", ...more }));
}

/** An owner who puts a whole set, until it is stored. */
export function puts(atSeconds: number, name: string, entries: object[]): Action {
  const act = (context: Context) => putSubscriptions(context, entries);
  return { atSeconds, name, records: 0, insists: true, isLost: false, act };
}

/** Once, whatever comes of it. */
export function does(atSeconds: number, name: string, act: Action["act"]): Action {
  return { atSeconds, name, records: 0, insists: false, isLost: false, act };
}

export const OWNER = { name: "ann", groups: ["project:shop:global:owner"], isAuditor: false, expiresAt: Infinity };

export async function putSubscriptions(context: Context, entries: object[]): Promise<void> {
  await replaceSubscriptions(context, OWNER, "shop", SubscriptionSet.parse(entries));
}

export function webhook(url: string, more: object = {}): object {
  return { type: "webhook", url, ...more };
}
