import { setTimeout as delay } from "node:timers/promises";
import { check } from "../../test/kit/check.ts";
import type { Entry } from "../../test/kit/entry.ts";
import type { WebhookReceiver } from "../../test/kit/receiver.ts";
import { matchesFilter } from "../../test/kit/rules.ts";
import type { Subscriber } from "../../test/kit/subscriber.ts";
import { formatIds } from "../../test/kit/output.ts";
import {
  checkBodies,
  checkNothingElse,
  expectedEvents,
  findMissing,
  acceptedEventIds,
} from "../../test/kit/delivery-checks.ts";
import { SUBSCRIBERS } from "./fixtures.ts";
import { allTexts } from "./plain-text.ts";
import type { FakeSlack } from "./fake-slack.ts";

const WAIT_SECONDS = 30;
/** When everything has arrived, the demo waits this time for messages that must not come. */
const WAIT_FOR_MORE_MS = 1500;

export interface DeliveryFigures {
  subscriber: Subscriber;
  /** The number of different events that arrived. */
  events: number;
  /** The number of events of its project that it may not receive, and did not. */
  withheld: number;
  attempts: number;
  retried: number;
  duplicates: number;
}

export interface Destinations {
  receiver: WebhookReceiver;
  slack: FakeSlack;
}

/** Waits until each subscriber has received all its events, and then checks that none has received another one. */
export async function awaitDeliveries(
  history: Entry[],
  to: Destinations,
  signal: AbortSignal,
): Promise<DeliveryFigures[]> {
  const stillMissing = () => findMissing(SUBSCRIBERS, history, (subscriber) => arrivedAt(subscriber, history, to));
  const deadline = Date.now() + WAIT_SECONDS * 1000;
  while (stillMissing().length > 0 && receivedFaults(to).length === 0 && Date.now() < deadline) {
    await delay(100, undefined, { signal });
  }
  checkNoFaults(to);
  const late = stillMissing().map(({ name, ids }) => `${name} did not receive ${formatIds(ids)}`);
  check(late.length === 0, `After ${WAIT_SECONDS} s, ${late.join("; ")}.`);
  await delay(WAIT_FOR_MORE_MS, undefined, { signal });
  checkNoFaults(to);
  return SUBSCRIBERS.map((subscriber) => toFigures(subscriber, history, to));
}

function receivedFaults({ receiver, slack }: Destinations): string[] {
  return [...receiver.faults, ...slack.faults];
}

function checkNoFaults(to: Destinations): void {
  const [fault] = receivedFaults(to);
  check(fault === undefined, fault ?? "");
}

function toFigures(subscriber: Subscriber, history: Entry[], to: Destinations): DeliveryFigures {
  const expected = expectedEvents(subscriber, history);
  const arrived = arrivedAt(subscriber, history, to);
  const attempts = to.receiver.attemptsFor(subscriber.name);
  checkNothingElse(subscriber, [...arrived, ...attempts.map(({ event }) => event.id)], history);
  const matching = history.filter(({ sent }) => matchesFilter(subscriber, sent)).length;
  const figures = { subscriber, events: arrived.size, withheld: matching - expected.length };
  if (subscriber.type === "slack") return { ...figures, attempts: to.slack.messages.length, retried: 0, duplicates: 0 };
  checkBodies(subscriber, attempts, history);
  const accepted = attempts.filter((attempt) => attempt.accepted).length;
  return {
    ...figures,
    attempts: attempts.length,
    retried: attempts.length - accepted,
    duplicates: accepted - arrived.size,
  };
}

/** The IDs of the events that a destination accepted. Slack's messages have no IDs, so deployments' names are used. */
function arrivedAt({ name, type }: Subscriber, history: Entry[], { receiver, slack }: Destinations): Set<string> {
  if (type === "webhook") return acceptedEventIds(receiver.attemptsFor(name));
  const texts = slack.messages.map((message) => allTexts(message)).join("\n");
  const mentioned = history.filter(({ sent }) => sent.state_deployment && texts.includes(sent.state_deployment));
  return new Set(mentioned.map(({ served }) => served.id));
}
