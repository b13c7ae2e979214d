import type { Outcome } from "./run.ts";
import type { Receipt } from "./receivers.ts";
import type { StoredDelivery } from "./snapshots.ts";

/** The least that a lease lasts. */
const LEASE_MS = 30_000;

type Pair = Pick<StoredDelivery, "event_id" | "subscription_id">;

export function isSame(one: Pair, other: Pair): boolean {
  return one.event_id === other.event_id && one.subscription_id === other.subscription_id;
}

type Seen = Pick<Outcome, "receipts" | "stored">;

/** All requests that carried a delivery. */
export function copiesOf({ receipts, stored }: Seen, { event_id, subscription_id }: Pair): Receipt[] {
  const urls = new Set(stored.urls.filter((one) => one.subscription_id === subscription_id).map(({ url }) => url));
  return receipts.filter(({ url, eventIds }) => urls.has(url) && eventIds.includes(event_id));
}

/** Those of them that were accepted. */
export function acceptedOf(seen: Seen, pair: Pair): Receipt[] {
  return copiesOf(seen, pair).filter(({ isAccepted }) => isAccepted);
}

/** All copies of a delivery have one `webhook-id`, and no other delivery has it. */
export function changedIds({ receipts, stored }: Outcome): string[] {
  const idsOf = (delivery: StoredDelivery) =>
    new Set(copiesOf({ receipts, stored }, delivery).map((one) => one.webhookId));
  const ids = stored.deliveries.map(idsOf);
  const all = ids.flatMap((ofOne) => [...ofOne]).filter((id) => id !== undefined);
  return [
    ...stored.deliveries
      .filter((_, index) => (ids[index]?.size ?? 0) > 1)
      .map(({ id }) => `delivery ${id} has several IDs`),
    ...(new Set(all).size < all.length ? ["two deliveries share a webhook-id"] : []),
  ];
}

/** Each copy is an attempt of its own. */
export function copies(outcome: Outcome): string[] {
  return outcome.stored.deliveries.flatMap((delivery) => {
    const count = acceptedOf(outcome, delivery).length;
    return count <= delivery.attempts ? [] : [`delivery ${delivery.id} arrived ${count} times`];
  });
}

/** After a copy that arrived, no other goes out before the lease has run out under which it went. */
export function brokenLeases(receipts: Receipt[]): string[] {
  return receipts.flatMap((first, index) => {
    if (!first.isAccepted || first.isUnheard) return [];
    const again = receipts
      .slice(index + 1)
      .find(
        ({ at, url, eventIds }) =>
          url === first.url && at < first.leasedAt + LEASE_MS && eventIds.some((id) => first.eventIds.includes(id)),
      );
    return again === undefined ? [] : [`event ${first.eventIds.join(", ")} went out again while its lease was alive`];
  });
}

/** Accepted more than once: nothing is, without a fault. */
export function arrivedTwice(outcome: Outcome): string[] {
  return outcome.stored.deliveries
    .filter((delivery) => acceptedOf(outcome, delivery).length > 1)
    .map(({ id, event_id }) => `delivery ${id} of event ${event_id} arrived more than once`);
}
