import { acceptedRequests, brokenLeases, inconsistentIds, extraRequests, isSame } from "./received-requests.ts";
import { accepts } from "./receivers.ts";
import type { Outcome } from "./run.ts";
import { neglectedDeliveries } from "./neglect.ts";
import { startOfTime, type Scenario } from "./scenario.ts";
import { UNCLAIMABLE, type Stored } from "./snapshots.ts";

/** Part of the username of an event whose messages Slack's receiver refuses. */
export const POISON = "poison";

/**
 * The allowed changes of a delivery's state. A settled delivery changes only if an owner sends it again, with a fresh
 * schedule.
 */
const ALLOWED_CHANGES: Record<string, readonly string[]> = {
  pending: ["pending", "held", "delivered", "failed", "cancelled"],
  held: ["pending", "cancelled"],
  delivered: [],
  failed: [],
  cancelled: [],
};
/** The first word of the names of actions that start a recovery. */
export const RECOVER = "recover";

/** Checks everything that must be true at the end of a run. Returns descriptions of what is wrong. */
export function violations(scenario: Scenario, outcome: Outcome): string[] {
  return [
    ...(outcome.isAtRest ? [] : ["the run does not end"]),
    ...hanging(outcome),
    ...(outcome.backgroundSlots === 0 ? [] : [`${outcome.backgroundSlots} deliveries stay counted as background work`]),
    ...tornRecordings(scenario, outcome),
    ...missingDeliveries(scenario, outcome),
    ...undelivered(scenario, outcome),
    ...stuck(outcome.stored),
    ...miscounted(outcome.stored),
    ...countedTwice(outcome.stored),
    ...failedAfterRevival(outcome.stored),
    ...neglectedDeliveries(scenario, outcome),
    ...illegalChanges(scenario, outcome.stored),
    ...inconsistentIds(outcome),
    ...extraRequests(outcome),
    ...outcome.logViolations,
    ...outcome.streamViolations,
    ...streamedLate(scenario, outcome),
    ...loggedLate(scenario, outcome),
    ...(scenario.mayArriveTwice ? [] : brokenLeases(outcome.receipts)),
  ];
}

/** The documented maximum, counted from the last recording or from the end of the faults. */
const MAX_SWEEPS_UNTIL_LOGGED = 2;

/** Checks only scenarios without subscriptions, because there only the log needs sweeps. */
function loggedLate({ vars, subscriptions, actions }: Scenario, { sweptAt, faultsEndAt }: Outcome): string[] {
  const lastAt = startOfTime + Math.max(...actions.map(({ atSeconds }) => atSeconds)) * 1000;
  const sweeps = sweptAt.filter((at) => at > Math.max(lastAt, faultsEndAt)).length;
  const isLate = Boolean(vars.LOG_KEY) && subscriptions.length === 0 && sweeps > MAX_SWEEPS_UNTIL_LOGGED;
  return isLate ? [`the log needed ${sweeps} sweeps`] : [];
}

/** The sweep after a lease of 30 s has ended hints the stream, and one more may come before that. */
const MAX_SWEEPS_UNTIL_STREAMED = 2;

/** Checks only streams whose receivers never fail. */
function streamedLate({ streams, receivers, actions }: Scenario, { sweptAt, faultsEndAt }: Outcome): string[] {
  if (streams.length === 0 || Object.values(receivers).some((receiver) => receiver !== accepts)) return [];
  const lastAt = startOfTime + Math.max(...actions.map(({ atSeconds }) => atSeconds)) * 1000;
  const sweeps = sweptAt.filter((at) => at > Math.max(lastAt, faultsEndAt)).length;
  return sweeps > MAX_SWEEPS_UNTIL_STREAMED ? [`the streams needed ${sweeps} sweeps`] : [];
}

function hanging({ invocations }: Outcome): string[] {
  return invocations.filter(({ state }) => state === "running").map(({ name }) => `${name} hangs`);
}

/** The events of a request must all be stored, or none. If the request succeeded, all must be stored. */
function tornRecordings({ actions }: Scenario, { stored, succeeded }: Outcome): string[] {
  const { events, leftovers } = stored;
  const feeds = new Set(events.map((event) => event.feeds));
  return [
    ...actions
      .filter(({ records }) => records > 0)
      .flatMap(({ name, records, isLost }) => {
        const there = events.filter(({ username }) => username.startsWith(name)).length;
        const isWhole = there === records || (there === 0 && (isLost || !succeeded.includes(name)));
        return isWhole ? [] : [`${there} of the ${records} events of ${name} are stored`];
      }),
    ...(feeds.size > 1 || feeds.has(0) ? ["some events are missing from feeds"] : []),
    ...leftovers.filter(({ count }) => count > 0).map(({ what, count }) => `${count} ${what}`),
  ];
}

/**
 * Each event must have a delivery to each subscription that existed when it was recorded. After a recovery of all
 * events, each build must also have a delivery to each later subscription.
 */
function missingDeliveries(scenario: Scenario, { stored, succeeded }: Outcome): string[] {
  const { subscribers, deliveries, events, subscriptions } = stored;
  const recovered = isRecovered(scenario, succeeded)
    ? events
        .filter(({ type }) => type === "ADD_BUILD")
        .flatMap((event) => subscriptions.map(({ id }) => ({ event_id: event.id, subscription_id: id })))
    : [];
  return [...subscribers, ...recovered]
    .filter((one) => !deliveries.some((other) => isSame(one, other)))
    .map(({ event_id, subscription_id }) => `event ${event_id} has no delivery to subscription ${subscription_id}`);
}

/** The number of times that owners asked for settled deliveries to be sent again. */
function revivals({ actions }: Scenario): number {
  return actions.filter(({ name }) => name.startsWith(RECOVER)).length;
}

/** True if the last recovery was started. */
function isRecovered({ actions }: Scenario, succeeded: string[]): boolean {
  const last = actions.findLast(({ name }) => name.startsWith(RECOVER));
  return last !== undefined && succeeded.includes(last.name);
}

/**
 * Each delivery must be delivered and have arrived. Only deliveries that nobody needs any more may have another state.
 */
function undelivered(scenario: Scenario, outcome: Outcome): string[] {
  const mayFail = scenario.mayFail && !isRecovered(scenario, outcome.succeeded);
  const { deliveries, subscriptions, events } = outcome.stored;
  return deliveries.flatMap((delivery) => {
    const subscription = subscriptions.find(({ id }) => id === delivery.subscription_id);
    const username = events.find(({ id }) => id === delivery.event_id)?.username ?? "";
    const hasArrived = acceptedRequests(outcome, delivery).length > 0;
    const wanted =
      subscription === undefined
        ? ["cancelled", "delivered", "failed"]
        : subscription.enabled === 0
          ? ["held", "delivered", ...(mayFail ? ["failed"] : [])]
          : username.includes(UNCLAIMABLE) || (username.includes(POISON) && subscription.type === "slack")
            ? ["failed"]
            : mayFail
              ? ["delivered", "failed"]
              : ["delivered"];
    const name = `delivery ${delivery.id} of event ${delivery.event_id}`;
    if (!wanted.includes(delivery.state)) return [`${name} ends ${delivery.state}`];
    return delivery.state === "delivered" && !hasArrived ? [`${name} never arrived`] : [];
  });
}

function stuck({ subscriptions }: Stored): string[] {
  return subscriptions.flatMap(({ id, probe_delivery_id, release_mode }) => [
    ...(probe_delivery_id === null
      ? []
      : [`the breaker of subscription ${id} stays open, with probe ${probe_delivery_id}`]),
    ...(release_mode === null ? [] : [`subscription ${id} is still releasing held deliveries`]),
  ]);
}

/** Each counted attempt must be recorded, with its number. */
function miscounted({ deliveries, attempts }: Stored): string[] {
  return deliveries.flatMap(({ id, state, attempts: counted }) => {
    const numbers = attempts.filter(({ delivery_id }) => delivery_id === id).map(({ number }) => number);
    const isComplete = numbers.length === counted && numbers.every((number, index) => number === index + 1);
    return isComplete
      ? []
      : [`delivery ${id}, ${state}, counts ${counted} attempts and has ${numbers.join(", ") || "none"}`];
  });
}

/** Each attempt whose outcome is known must be counted once, and each failure at most once. */
function countedTwice({ counts }: Stored): string[] {
  return counts.flatMap(({ subscription_id: id, attempts, failures, counted, counted_failures }) => [
    ...(counted === attempts ? [] : [`subscription ${id} counts ${counted} of ${attempts} attempts`]),
    ...(counted_failures <= failures ? [] : [`subscription ${id} counts ${counted_failures} of ${failures} failures`]),
  ]);
}

/**
 * After an owner has enabled the subscription again or sent the delivery again, the delivery may fail only after
 * another attempt.
 */
function failedAfterRevival({ marks }: Stored): string[] {
  return [...Map.groupBy(marks, ({ delivery_id }) => delivery_id)].flatMap(([id, own]) => {
    const isUndone = own.some(({ mark }, index) => mark === "failed" && own[index - 1]?.mark === "revived");
    return isUndone ? [`delivery ${id} failed without an attempt after it was revived`] : [];
  });
}

function illegalChanges(scenario: Scenario, { changes }: Stored): string[] {
  const illegal = changes.filter(({ old_state, new_state }) => !ALLOWED_CHANGES[old_state]?.includes(new_state));
  const revived = illegal.filter(
    ({ old_state, new_state, is_fresh }) =>
      (old_state === "delivered" || old_state === "failed") &&
      ["pending", "held"].includes(new_state) &&
      is_fresh === 1,
  );
  const tooOften = [...Map.groupBy(revived, ({ delivery_id }) => delivery_id)]
    .filter(([, times]) => times.length > revivals(scenario))
    .map(([id, times]) => `delivery ${id} was revived ${times.length} times`);
  return [
    ...tooOften,
    ...illegal
      .filter((change) => !revived.includes(change))
      .map(({ delivery_id, old_state, new_state }) => `delivery ${delivery_id} went from ${old_state} to ${new_state}`),
  ];
}
