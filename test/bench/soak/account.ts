import type { Inbox, Receivers } from "./receivers.ts";
import { projectFor, type Recorded } from "./producer.ts";
import type { Plan, Subscriber } from "./plan.ts";

/** A subscription, its receiver, and the events that must reach it: those of its project since its creation. */
export interface Account {
  subscriber: Subscriber;
  inbox: Inbox;
  expected: number[];
}

export function makeAccounts(
  receivers: Receivers,
  plan: Plan,
  recorded: Recorded,
  subscribers: Subscriber[],
  since: number,
): Account[] {
  const events = Map.groupBy(recorded.keys(), (event) => projectFor(event, plan));
  return subscribers.map((subscriber) => ({
    subscriber,
    inbox: receivers.inboxOf(subscriber),
    expected: (events.get(subscriber.project) ?? []).filter((event) => event >= since),
  }));
}

export function countMissing(accounts: Account[]): number {
  return sumOf(accounts, ({ expected, inbox }) => expected.filter((event) => !inbox.accepted.has(event)).length);
}

export function sumOf<Item>(items: Item[], count: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}

/** The deliveries of one subscription in D1, as the numbers of their events. */
export interface Stored {
  all: Set<number>;
  delivered: Set<number>;
}

/** Reads the deliveries of each subscription. The key is the receiver's name, which is the last part of the URL. */
export async function readStored(db: D1Database): Promise<Map<string, Stored>> {
  const { results } = await db
    .prepare("SELECT id, url FROM subscriptions ORDER BY id")
    .all<{ id: number; url: string }>();
  const stored = new Map<string, Stored>();
  for (const { id, url } of results) {
    const rows = await db
      .prepare(
        `SELECT d.state, e.json->>'$.data.build' AS event FROM deliveries d JOIN events e ON e.id = d.event_id
        WHERE d.subscription_id = ?`,
      )
      .bind(id)
      .all<{ state: string; event: number }>();
    stored.set(new URL(url).pathname.slice(1), {
      all: new Set(rows.results.map(({ event }) => event)),
      delivered: new Set(rows.results.filter(({ state }) => state === "delivered").map(({ event }) => event)),
    });
  }
  return stored;
}

export interface Losses {
  /** Events that a subscription must receive, but that have no delivery in D1. */
  unrecorded: number;
  /** Events that are delivered by D1, but that the receiver did not accept. */
  unaccepted: number;
  /** Events that the receiver accepted, but that are not delivered by D1. */
  unsettled: number;
}

export function countLosses(accounts: Account[], stored: Map<string, Stored>): Losses {
  const count = (isLost: (event: number, inbox: Inbox, of: Stored | undefined) => boolean) =>
    sumOf(
      accounts,
      ({ subscriber, inbox, expected }) =>
        expected.filter((event) => isLost(event, inbox, stored.get(subscriber.name))).length,
    );
  return {
    unrecorded: count((event, _, of) => of?.all.has(event) !== true),
    unaccepted: count((event, { accepted }, of) => of?.delivered.has(event) === true && !accepted.has(event)),
    unsettled: count((event, { accepted }, of) => accepted.has(event) && of?.delivered.has(event) !== true),
  };
}
