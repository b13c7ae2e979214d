import { copiesOf } from "./copies.ts";
import { accepts } from "./receivers.ts";
import type { Outcome } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { UNCLAIMABLE, type StoredDelivery } from "./snapshots.ts";

/** A hint that was lost is sent again two minutes later; a consumer that died is found out within the next. */
const MOST_SWEEPS = 4;

/**
 * Whatever the other receivers and rows are like: each delivery of a receiver that has always been well is attempted
 * within a bounded number of sweeps, counted from its recording or from when all that went wrong was over.
 */
export function neglected(scenario: Scenario, outcome: Outcome): string[] {
  return outcome.stored.deliveries
    .filter((delivery) => isForSomebodyWell(scenario, outcome, delivery) && !isDamaged(outcome, delivery))
    .flatMap((delivery) => {
      const attemptedAt = copiesOf(outcome, delivery)[0]?.at ?? Infinity;
      const from = Math.max(delivery.created_at, outcome.wellFrom);
      const sweeps = outcome.sweptAt.filter((at) => at > from && at < attemptedAt).length;
      return sweeps <= MOST_SWEEPS ? [] : [`delivery ${delivery.id} was passed over by ${sweeps} sweeps`];
    });
}

function isForSomebodyWell({ receivers }: Scenario, { stored }: Outcome, { subscription_id }: StoredDelivery): boolean {
  const isThere = stored.subscriptions.some(({ id, enabled }) => id === subscription_id && enabled === 1);
  const urls = stored.urls.filter((one) => one.subscription_id === subscription_id).map(({ url }) => url);
  return isThere && urls.every((url) => (receivers[url] ?? accepts) === accepts);
}

function isDamaged({ stored }: Outcome, { event_id }: StoredDelivery): boolean {
  return stored.events.some(({ id, username }) => id === event_id && username.includes(UNCLAIMABLE));
}
