import type { NewSubscription } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";

/** An entry of a `PUT`, and the stored subscription that it keeps; undefined for a new one. */
export interface Pair {
  entry: NewSubscription;
  row: SubscriptionRow | undefined;
}

/**
 * An entry with an ID keeps the row of that ID. One without takes over, in order, a row of the same type and URL that no
 * entry names: clients that know no IDs may send their set again, and change nothing by it.
 */
export function pairEntries(rows: readonly SubscriptionRow[], entries: readonly NewSubscription[]): Pair[] {
  const byId = new Map(rows.map((row) => [`${row.id}`, row]));
  const named = new Set(entries.map(({ id }) => id));
  const unnamed = Map.groupBy(
    rows.filter(({ id }) => !named.has(`${id}`)),
    destinationOf,
  );
  return entries.map((entry) => ({
    entry,
    row: entry.id === undefined ? unnamed.get(destinationOf(entry))?.shift() : byId.get(entry.id),
  }));
}

function destinationOf({ type, url }: Pick<NewSubscription, "type" | "url">): string {
  return `${type} ${url}`;
}
