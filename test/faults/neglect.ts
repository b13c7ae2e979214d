import { findRequests } from "./received-requests.ts";
import { accepts } from "./receivers.ts";
import type { Outcome } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { UNCLAIMABLE, type StoredDelivery } from "./snapshots.ts";

/**
 * A lost hint is sent again after two minutes, and the death of a consumer is found within the two minutes after that.
 */
const MAX_SWEEPS_WITHOUT_ATTEMPT = 4;

/**
 * Finds neglected deliveries. Each delivery to a receiver that never fails must be attempted within a few sweeps after
 * it was recorded, or after the last fault, whatever other receivers and rows do.
 */
export function neglectedDeliveries(scenario: Scenario, outcome: Outcome): string[] {
  return outcome.stored.deliveries
    .filter((delivery) => isForHealthyReceiver(scenario, outcome, delivery) && !isDamaged(outcome, delivery))
    .flatMap((delivery) => {
      const attemptedAt = findRequests(outcome, delivery)[0]?.at ?? Infinity;
      const from = Math.max(delivery.created_at, outcome.faultsEndAt);
      const sweeps = outcome.sweptAt.filter((at) => at > from && at < attemptedAt).length;
      return sweeps <= MAX_SWEEPS_WITHOUT_ATTEMPT
        ? []
        : [`delivery ${delivery.id} was not attempted for ${sweeps} sweeps`];
    });
}

function isForHealthyReceiver(
  { receivers }: Scenario,
  { stored }: Outcome,
  { subscription_id }: StoredDelivery,
): boolean {
  const isThere = stored.subscriptions.some(({ id, enabled }) => id === subscription_id && enabled === 1);
  const urls = stored.urls.filter((one) => one.subscription_id === subscription_id).map(({ url }) => url);
  return isThere && urls.every((url) => (receivers[url] ?? accepts) === accepts);
}

function isDamaged({ stored }: Outcome, { event_id }: StoredDelivery): boolean {
  return stored.events.some(({ id, username }) => id === event_id && username.includes(UNCLAIMABLE));
}
