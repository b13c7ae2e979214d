import { NewEvent } from "../../src/schemas/event.ts";
import { NewStream } from "../../src/schemas/stream.ts";
import { SubscriptionSet } from "../../src/schemas/subscription.ts";
import type { Context } from "../../src/context.ts";
import { recordEvents } from "../../src/domain/events/record-events.ts";
import { createStream } from "../../src/domain/streams/set-streams.ts";
import { replaceSubscriptions } from "../../src/domain/subscriptions/subscription-set.ts";
import type { Receiver } from "./receivers.ts";
import type { QueueFaults } from "./transport.ts";

/** Something that happens at a set time. */
export interface Action {
  atSeconds: number;
  name: string;
  act: (context: Context) => Promise<unknown>;
  /** If true, the action is repeated every ten seconds until it succeeds. */
  repeatsUntilDone: boolean;
  /** The number of events that the action records. Their usernames begin with the action's name. */
  records: number;
  /** Whether D1 is restored to a time before it. */
  isLost: boolean;
}

export interface Scenario {
  name: string;
  vars: Partial<Env>;
  subscriptions: object[];
  /** Streams of the kind `http`, which exist from the beginning. */
  streams: object[];
  /** Makes the state in which the simulation begins, after subscriptions and streams. It takes no simulated time. */
  prepare: () => Promise<void>;
  receivers: Record<string, Receiver>;
  actions: Action[];
  queue: Partial<QueueFaults>;
  /** The size of the isolate's `BackgroundSlots`. */
  backgroundLimit: number;
  /**
   * Says if the log has a copy in the bucket, and if all invocations share what an isolate remembers, or each runs in a
   * new isolate.
   */
  copy: "none" | "seen by one isolate" | "seen by new isolates";
  /** True if a schedule may end, so that a delivery fails. */
  mayFail: boolean;
  /** True if an owner sends events again, or an operator changes what a stream sends. */
  mayArriveTwice: boolean;
}

const START = Date.UTC(2026, 10, 23);

/** The simulation begins at a full minute. The times of receivers and actions count from it. */
export const startOfTime = START;

export function aScenario(name: string, fields: Partial<Scenario>): Scenario {
  return {
    vars: {},
    subscriptions: [],
    streams: [],
    prepare: () => Promise.resolve(),
    receivers: {},
    actions: [],
    queue: {},
    backgroundLimit: 500,
    copy: "none",
    mayFail: false,
    mayArriveTwice: false,
    ...fields,
    name,
  };
}

/** A producer records events, and does not repeat a failed request. */
export function records(atSeconds: number, name: string, ...fields: object[]): Action {
  const events = eventsOf(name, fields);
  return {
    atSeconds,
    name,
    records: events.length,
    repeatsUntilDone: false,
    isLost: false,
    act: (context) => recordEvents(context, events),
  };
}

/** A producer records events with an idempotency key, and repeats the request until it succeeds. */
export function recordsOnce(atSeconds: number, name: string, ...fields: object[]): Action {
  const events = eventsOf(name, fields);
  const once = { key: name, bodyHash: name };
  return {
    ...records(atSeconds, name, ...fields),
    repeatsUntilDone: true,
    act: (context) => recordEvents(context, events, once),
  };
}

function eventsOf(name: string, fields: object[]): NewEvent[] {
  return fields.map((more) => NewEvent.parse({ type: "ADD_BUILD", username: name, state_project: "shop", ...more }));
}

/** An owner replaces the set, and repeats the request until it succeeds. */
export function puts(atSeconds: number, name: string, entries: object[]): Action {
  const act = (context: Context) => putSubscriptions(context, entries);
  return { atSeconds, name, records: 0, repeatsUntilDone: true, isLost: false, act };
}

/** Does something once, even if it fails. */
export function does(atSeconds: number, name: string, act: Action["act"]): Action {
  return { atSeconds, name, records: 0, repeatsUntilDone: false, isLost: false, act };
}

export const OWNER = {
  name: "ann",
  groups: ["project:shop:global:owner"],
  isAuditor: false,
  isOperator: false,
  expiresAt: Infinity,
};

/** An operator of streams, who sees every event. */
export const STREAM_OPERATOR = { ...OWNER, name: "olga", isAuditor: true, isOperator: true };

export async function createStreams(context: Context, streams: object[]): Promise<void> {
  const signing_secret = `whsec_${btoa("a".repeat(32))}`;
  for (const { url, ...fields } of streams as { url: string }[]) {
    const destination = { url, signing_secret };
    await createStream(context, STREAM_OPERATOR, NewStream.parse({ name: url, kind: "http", destination, ...fields }));
  }
}

export async function putSubscriptions(context: Context, entries: object[]): Promise<void> {
  await replaceSubscriptions(context, OWNER, "shop", SubscriptionSet.parse(entries));
}

export function webhook(url: string, more: object = {}): object {
  return { type: "webhook", url, ...more };
}
