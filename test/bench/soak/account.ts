import type { Inbox, Receivers } from "./receivers.ts";
import { projectOf, type Recorded } from "./producer.ts";
import type { Plan, Subscriber } from "./plan.ts";

/** A subscription, its receiver and what must reach it: the events of its project from its creation on. */
export interface Account {
  subscriber: Subscriber;
  inbox: Inbox;
  expected: number[];
}

export function accountsOf(
  receivers: Receivers,
  plan: Plan,
  recorded: Recorded,
  subscribers: Subscriber[],
  since: number,
): Account[] {
  const events = Map.groupBy(recorded.keys(), (event) => projectOf(event, plan));
  return subscribers.map((subscriber) => ({
    subscriber,
    inbox: receivers.inboxOf(subscriber),
    expected: (events.get(subscriber.project) ?? []).filter((event) => event >= since),
  }));
}

export function countMissing(accounts: Account[]): number {
  return sumOf(accounts, ({ expected, inbox }) => expected.filter((event) => !inbox.taken.has(event)).length);
}

export function sumOf<Item>(items: Item[], count: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}

/** What D1 holds of one subscription: events by their numbers. */
export interface Stored {
  all: Set<number>;
  delivered: Set<number>;
}

/** By the receiver's name, which ends the URL. */
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
  /** An event that a subscription must receive, and D1 holds no delivery of it. */
  unrecorded: number;
  /** D1 says delivered, and the receiver never took it. */
  untaken: number;
  /** The receiver took it, and D1 does not say delivered. */
  unsettled: number;
}

export function lossesOf(accounts: Account[], stored: Map<string, Stored>): Losses {
  const count = (isLost: (event: number, inbox: Inbox, of: Stored | undefined) => boolean) =>
    sumOf(
      accounts,
      ({ subscriber, inbox, expected }) =>
        expected.filter((event) => isLost(event, inbox, stored.get(subscriber.name))).length,
    );
  return {
    unrecorded: count((event, _, of) => of?.all.has(event) !== true),
    untaken: count((event, { taken }, of) => of?.delivered.has(event) === true && !taken.has(event)),
    unsettled: count((event, { taken }, of) => taken.has(event) && of?.delivered.has(event) !== true),
  };
}
