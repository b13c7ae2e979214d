import { setTimeout as delay } from "node:timers/promises";
import { check } from "../../test/kit/check.ts";
import type { Entry } from "../../test/kit/entry.ts";
import type { WebhookReceiver } from "../../test/kit/receiver.ts";
import { isAbout } from "../../test/kit/rules.ts";
import type { Subscriber } from "../../test/kit/subscriber.ts";
import { listed } from "../../test/kit/delivery-checks.ts";
import { checkBodies, checkNotToldMore, expectedBy, missing, takenIn } from "../../test/kit/output.ts";
import { SUBSCRIBERS } from "./fixtures.ts";
import { allTexts } from "./plain-text.ts";
import type { SlackStandIn } from "./fake-slack.ts";

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
  const stillMissing = () => missing(SUBSCRIBERS, history, (subscriber) => arrivedAt(subscriber, history, to));
  const deadline = Date.now() + WAIT_SECONDS * 1000;
  while (stillMissing().length > 0 && faultsOf(to).length === 0 && Date.now() < deadline) {
    await delay(100, undefined, { signal });
  }
  checkNoFaults(to);
  const late = stillMissing().map(({ name, ids }) => `${name} was not told of ${listed(ids)}`);
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

function account(subscriber: Subscriber, history: Entry[], to: Destinations): Told {
  const expected = expectedBy(subscriber, history);
  const arrived = arrivedAt(subscriber, history, to);
  const attempts = to.receiver.attemptsOf(subscriber.name);
  checkNotToldMore(subscriber, [...arrived, ...attempts.map(({ event }) => event.id)], history);
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

/** The IDs of the events that a destination took. Slack's messages carry no IDs: a deployment's name tells. */
function arrivedAt({ name, type }: Subscriber, history: Entry[], { receiver, slack }: Destinations): Set<string> {
  if (type === "webhook") return takenIn(receiver.attemptsOf(name));
  const texts = slack.messages.map((message) => allTexts(message)).join("\n");
  const mentioned = history.filter(({ sent }) => sent.state_deployment && texts.includes(sent.state_deployment));
  return new Set(mentioned.map(({ served }) => served.id));
}
