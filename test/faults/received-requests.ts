import type { Outcome } from "./run.ts";
import type { Receipt } from "./receivers.ts";
import type { StoredDelivery } from "./snapshots.ts";

/** The shortest lease. */
const LEASE_MS = 30_000;

type Pair = Pick<StoredDelivery, "event_id" | "subscription_id">;

export function isSame(one: Pair, other: Pair): boolean {
  return one.event_id === other.event_id && one.subscription_id === other.subscription_id;
}

type Seen = Pick<Outcome, "receipts" | "stored">;

/** All requests that carried a delivery. */
export function findRequests({ receipts, stored }: Seen, { event_id, subscription_id }: Pair): Receipt[] {
  const urls = new Set(stored.urls.filter((one) => one.subscription_id === subscription_id).map(({ url }) => url));
  return receipts.filter(({ url, eventIds }) => urls.has(url) && eventIds.includes(event_id));
}

/** The requests that carried a delivery and were accepted. */
export function acceptedRequests(seen: Seen, pair: Pair): Receipt[] {
  return findRequests(seen, pair).filter(({ isAccepted }) => isAccepted);
}

/** Finds deliveries with several `webhook-id`s, and IDs that two deliveries share. */
export function inconsistentIds({ receipts, stored }: Outcome): string[] {
  const idsOf = (delivery: StoredDelivery) =>
    new Set(findRequests({ receipts, stored }, delivery).map((one) => one.webhookId));
  const ids = stored.deliveries.map(idsOf);
  const all = ids.flatMap((ofOne) => [...ofOne]).filter((id) => id !== undefined);
  return [
    ...stored.deliveries
      .filter((_, index) => (ids[index]?.size ?? 0) > 1)
      .map(({ id }) => `delivery ${id} has several IDs`),
    ...(new Set(all).size < all.length ? ["two deliveries share a webhook-id"] : []),
  ];
}

/** Finds deliveries that arrived more often than they were attempted. */
export function extraRequests(outcome: Outcome): string[] {
  return outcome.stored.deliveries.flatMap((delivery) => {
    const count = acceptedRequests(outcome, delivery).length;
    return count <= delivery.attempts
      ? []
      : [`delivery ${delivery.id} arrived ${count} times in ${delivery.attempts} attempts`];
  });
}

/**
 * Finds requests that were sent while the lease of an earlier, accepted request for the same delivery was still valid.
 */
export function brokenLeases(receipts: Receipt[]): string[] {
  return receipts.flatMap((first, index) => {
    if (!first.isAccepted || first.isResponseLost) return [];
    const again = receipts
      .slice(index + 1)
      .find(
        ({ at, url, eventIds }) =>
          url === first.url && at < first.leasedAt + LEASE_MS && eventIds.some((id) => first.eventIds.includes(id)),
      );
    return again === undefined ? [] : [`event ${first.eventIds.join(", ")} was sent again before its lease had ended`];
  });
}

/** Finds deliveries that were accepted more than once, which happens only after a fault. */
export function arrivedTwice(outcome: Outcome): string[] {
  return outcome.stored.deliveries
    .filter((delivery) => acceptedRequests(outcome, delivery).length > 1)
    .map(({ id, event_id }) => `delivery ${id} of event ${event_id} arrived more than once`);
}
