import { isDeepStrictEqual } from "node:util";
import { check } from "./check.ts";
import type { Entry } from "./entry.ts";
import type { Attempt } from "./receiver.ts";
import { isAbout, mayBeTold } from "./rules.ts";
import type { Subscriber } from "./subscriber.ts";
import { listed } from "./delivery-checks.ts";

/** What a subscriber must be told. */
export function expectedBy(subscriber: Subscriber, history: Entry[]): Entry[] {
  return history.filter(({ sent }) => isAbout(subscriber, sent) && mayBeTold(subscriber, sent));
}

/** The IDs of the events that a webhook took. */
export function takenIn(attempts: Attempt[]): Set<string> {
  return new Set(attempts.filter(({ accepted }) => accepted).map(({ event }) => event.id));
}

/** For each subscriber that was not told everything yet, the IDs of what is missing. */
export function missing(
  subscribers: Subscriber[],
  history: Entry[],
  arrivedAt: (subscriber: Subscriber) => Set<string>,
): { name: string; ids: string[] }[] {
  return subscribers
    .map((subscriber) => {
      const arrived = arrivedAt(subscriber);
      const ids = expectedBy(subscriber, history).map(({ served }) => served.id);
      return { name: subscriber.name, ids: ids.filter((id) => !arrived.has(id)) };
    })
    .filter(({ ids }) => ids.length > 0);
}

export function checkNotToldMore(subscriber: Subscriber, ids: Iterable<string>, history: Entry[]): void {
  const expected = new Set(expectedBy(subscriber, history).map(({ served }) => served.id));
  const leaked = [...new Set(ids)].filter((id) => !expected.has(id));
  check(leaked.length === 0, `${subscriber.name} was told of ${listed(leaked)} against the rules.`);
}

/** Every delivery has one ID for one event, on each of its attempts, and carries the event as it is served. */
export function checkBodies({ name }: Subscriber, attempts: Attempt[], history: Entry[]): void {
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
