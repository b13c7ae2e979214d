import type { NewSubscription } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";

/** An entry of a `PUT`, and the stored subscription that it updates. `row` is undefined if the entry is new. */
export interface Pair {
  entry: NewSubscription;
  row: SubscriptionRow | undefined;
}

/**
 * An entry with an ID updates the row with that ID. An entry without an ID updates the first row of the same type and
 * URL that no other entry updates. So a client that stores no IDs can send its set again, and nothing changes.
 */
export function pairEntries(rows: readonly SubscriptionRow[], entries: readonly NewSubscription[]): Pair[] {
  const byId = new Map(rows.map((row) => [`${row.id}`, row]));
  const named = new Set(entries.map(({ id }) => id));
  const unnamed = Map.groupBy(
    rows.filter(({ id }) => !named.has(`${id}`)),
    pairKey,
  );
  return entries.map((entry) => ({
    entry,
    row: entry.id === undefined ? unnamed.get(pairKey(entry))?.shift() : byId.get(entry.id),
  }));
}

function pairKey({ type, url }: Pick<NewSubscription, "type" | "url">): string {
  return `${type} ${url}`;
}
