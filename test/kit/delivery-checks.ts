import { isDeepStrictEqual } from "node:util";
import { check } from "./check.ts";
import type { Entry } from "./entry.ts";
import type { Attempt } from "./receiver.ts";
import { matchesFilter, mayReceive } from "./rules.ts";
import type { Subscriber } from "./subscriber.ts";
import { formatIds } from "./output.ts";

/** The events that a subscriber must receive. */
export function expectedEvents(subscriber: Subscriber, history: Entry[]): Entry[] {
  return history.filter(({ sent }) => matchesFilter(subscriber, sent) && mayReceive(subscriber, sent));
}

/** The IDs of the events that a webhook accepted. */
export function acceptedEventIds(attempts: Attempt[]): Set<string> {
  return new Set(attempts.filter(({ accepted }) => accepted).map(({ event }) => event.id));
}

/** Returns the IDs of the missing events, for each subscriber that has not received all its events. */
export function findMissing(
  subscribers: Subscriber[],
  history: Entry[],
  arrivedAt: (subscriber: Subscriber) => Set<string>,
): { name: string; ids: string[] }[] {
  return subscribers
    .map((subscriber) => {
      const arrived = arrivedAt(subscriber);
      const ids = expectedEvents(subscriber, history).map(({ served }) => served.id);
      return { name: subscriber.name, ids: ids.filter((id) => !arrived.has(id)) };
    })
    .filter(({ ids }) => ids.length > 0);
}

export function checkNothingElse(subscriber: Subscriber, ids: Iterable<string>, history: Entry[]): void {
  const expected = new Set(expectedEvents(subscriber, history).map(({ served }) => served.id));
  const leaked = [...new Set(ids)].filter((id) => !expected.has(id));
  check(leaked.length === 0, `${subscriber.name} received ${formatIds(leaked)} against the rules.`);
}

/**
 * Checks that all attempts of a delivery have the same ID and the same event, and that each body is the event as the
 * service serves it.
 */
export function checkBodies({ name }: Subscriber, attempts: Attempt[], history: Entry[]): void {
  const served = new Map(history.map((entry) => [entry.served.id, entry.served]));
  const eventOf = new Map<string, string>();
  for (const { deliveryId, event } of attempts) {
    const known = eventOf.get(deliveryId) ?? event.id;
    check(known === event.id, `webhook-id ${deliveryId} of ${name} was used for the events ${known} and ${event.id}.`);
    eventOf.set(deliveryId, event.id);
    check(
      isDeepStrictEqual(event, served.get(event.id)),
      `${name} received event ${event.id} in another form than it is served.`,
    );
  }
  const events = new Set(eventOf.values());
  check(events.size === eventOf.size, `${name} received an event with more than one webhook-id.`);
}
