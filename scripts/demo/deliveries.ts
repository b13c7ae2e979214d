import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type Subscriber, SUBSCRIBERS } from "./cast.ts";
import { check } from "./check.ts";
import type { Entry } from "./history.ts";
import { allTexts } from "./plain-text.ts";
import type { Attempt, WebhookReceiver } from "./receiver.ts";
import { isAbout, mayBeTold } from "./rules.ts";
import type { SlackStandIn } from "./slack-stand-in.ts";

const WAIT_SECONDS = 30;
/** How long nothing may come any more once everything is there: time for what should not come. */
const QUIET_MS = 1500;

export interface Told {
  subscriber: Subscriber;
  /** Different events that arrived. */
  events: number;
  /** Events of its project that it must not hear of, and did not. */
  withheld: number;
  attempts: number;
  retried: number;
  duplicates: number;
}

export interface Destinations {
  receiver: WebhookReceiver;
  slack: SlackStandIn;
}

/** Waits until everybody was told what is for them, then checks that nobody was told more. */
export async function awaitDeliveries(history: Entry[], to: Destinations, signal: AbortSignal): Promise<Told[]> {
  const deadline = Date.now() + WAIT_SECONDS * 1000;
  while (missing(history, to).length > 0 && faultsOf(to).length === 0 && Date.now() < deadline) {
    await delay(100, undefined, { signal });
  }
  checkNoFaults(to);
  const late = missing(history, to).map(({ name, ids }) => `${name} was not told of ${listed(ids)}`);
  check(late.length === 0, `After ${WAIT_SECONDS} s, ${late.join("; ")}.`);
  await delay(QUIET_MS, undefined, { signal });
  checkNoFaults(to);
  return SUBSCRIBERS.map((subscriber) => account(subscriber, history, to));
}

function faultsOf({ receiver, slack }: Destinations): string[] {
  return [...receiver.faults, ...slack.faults];
}

function checkNoFaults(to: Destinations): void {
  const [fault] = faultsOf(to);
  check(fault === undefined, fault ?? "");
}

function listed(ids: string[]): string {
  return `${ids.length === 1 ? "event" : `${ids.length} events:`} ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}`;
}

function missing(history: Entry[], to: Destinations): { name: string; ids: string[] }[] {
  return SUBSCRIBERS.map((subscriber) => {
    const arrived = arrivedAt(subscriber, history, to);
    const ids = expectedBy(subscriber, history)
      .map(({ served }) => served.id)
      .filter((id) => !arrived.has(id));
    return { name: subscriber.name, ids };
  }).filter(({ ids }) => ids.length > 0);
}

function account(subscriber: Subscriber, history: Entry[], to: Destinations): Told {
  const expected = expectedBy(subscriber, history);
  const ids = new Set(expected.map(({ served }) => served.id));
  const arrived = arrivedAt(subscriber, history, to);
  const attempts = to.receiver.attemptsOf(subscriber.name);
  const leaked = [...arrived, ...attempts.map(({ event }) => event.id)].filter((id) => !ids.has(id));
  check(leaked.length === 0, `${subscriber.name} was told of ${listed([...new Set(leaked)])} against the rules.`);
  const about = history.filter(({ sent }) => isAbout(subscriber, sent)).length;
  const told = { subscriber, events: arrived.size, withheld: about - expected.length };
  if (subscriber.type === "slack") return { ...told, attempts: to.slack.messages.length, retried: 0, duplicates: 0 };
  checkBodies(subscriber, attempts, history);
  const accepted = attempts.filter((attempt) => attempt.accepted).length;
  return {
    ...told,
    attempts: attempts.length,
    retried: attempts.length - accepted,
    duplicates: accepted - arrived.size,
  };
}

/** Every delivery has one ID for one event, on each of its attempts, and carries the event as it is served. */
function checkBodies({ name }: Subscriber, attempts: Attempt[], history: Entry[]): void {
  const served = new Map(history.map((entry) => [entry.served.id, entry.served]));
  const eventOf = new Map<string, string>();
  for (const { deliveryId, event } of attempts) {
    const known = eventOf.get(deliveryId) ?? event.id;
    check(known === event.id, `webhook-id ${deliveryId} of ${name} stood for the events ${known} and ${event.id}.`);
    eventOf.set(deliveryId, event.id);
    check(isDeepStrictEqual(event, served.get(event.id)), `${name} got event ${event.id} other than it is served.`);
  }
  const events = new Set(eventOf.values());
  check(events.size === eventOf.size, `${name} got an event under more than one webhook-id.`);
}

function expectedBy(subscriber: Subscriber, history: Entry[]): Entry[] {
  return history.filter(({ sent }) => isAbout(subscriber, sent) && mayBeTold(subscriber, sent));
}

/** The IDs of the events that a destination took. Slack's messages carry no IDs: a deployment's name tells. */
function arrivedAt({ name, type }: Subscriber, history: Entry[], { receiver, slack }: Destinations): Set<string> {
  if (type === "webhook") {
    const accepted = receiver.attemptsOf(name).filter((attempt) => attempt.accepted);
    return new Set(accepted.map(({ event }) => event.id));
  }
  const texts = slack.messages.map((message) => allTexts(message)).join("\n");
  const mentioned = history.filter(({ sent }) => sent.state_deployment && texts.includes(sent.state_deployment));
  return new Set(mentioned.map(({ served }) => served.id));
}
