import { acceptedOf, brokenLeases, changedIds, copies, isSame } from "./copies.ts";
import type { Outcome } from "./run.ts";
import { neglected } from "./neglect.ts";
import { startOfTime, type Scenario } from "./scenario.ts";
import { UNCLAIMABLE, type Stored } from "./snapshots.ts";

/** What an event says so that Slack's receiver refuses every message that tells of it. */
export const POISON = "poison";

/** Every way from one state to another. What is settled leaves only by an owner's word, with a fresh schedule. */
const ARROWS: Record<string, readonly string[]> = {
  pending: ["pending", "held", "delivered", "failed", "cancelled"],
  held: ["pending", "cancelled"],
  delivered: [],
  failed: [],
  cancelled: [],
};
/** How the names of actions begin that recover. */
export const RECOVER = "recover";

/** Everything that must hold of a run that has come to rest; answers in words what does not. */
export function violations(scenario: Scenario, outcome: Outcome): string[] {
  return [
    ...(outcome.isAtRest ? [] : ["it never comes to rest"]),
    ...hanging(outcome),
    ...(outcome.backgroundSlots === 0 ? [] : [`${outcome.backgroundSlots} deliveries count as left behind for ever`]),
    ...tornRecordings(scenario, outcome),
    ...missingDeliveries(scenario, outcome),
    ...undelivered(scenario, outcome),
    ...stuck(outcome.stored),
    ...miscounted(outcome.stored),
    ...countedTwice(outcome.stored),
    ...failedAfterRevival(outcome.stored),
    ...neglected(scenario, outcome),
    ...illegalChanges(scenario, outcome.stored),
    ...changedIds(outcome),
    ...copies(outcome),
    ...outcome.logViolations,
    ...loggedLate(scenario, outcome),
    ...(revivals(scenario) > 0 ? [] : brokenLeases(outcome.receipts)),
  ];
}

/** The contract's bound, counted from the last recording or from when all that went wrong was over. */
const MOST_SWEEPS_UNTIL_LOGGED = 2;

/** Without deliveries, nothing but the log keeps the sweeps going. */
function loggedLate({ vars, subscriptions, actions }: Scenario, { sweptAt, wellFrom }: Outcome): string[] {
  const lastAt = startOfTime + Math.max(...actions.map(({ atSeconds }) => atSeconds)) * 1000;
  const sweeps = sweptAt.filter((at) => at > Math.max(lastAt, wellFrom)).length;
  const isLate = Boolean(vars.LOG_KEY) && subscriptions.length === 0 && sweeps > MOST_SWEEPS_UNTIL_LOGGED;
  return isLate ? [`the log needed ${sweeps} sweeps`] : [];
}

function hanging({ invocations }: Outcome): string[] {
  return invocations.filter(({ state }) => state === "running").map(({ name }) => `${name} hangs`);
}

/** What one request records is there whole or not at all; whole where it was answered. */
function tornRecordings({ actions }: Scenario, { stored, answered }: Outcome): string[] {
  const { events, leftovers } = stored;
  const feeds = new Set(events.map((event) => event.feeds));
  return [
    ...actions
      .filter(({ records }) => records > 0)
      .flatMap(({ name, records, isLost }) => {
        const there = events.filter(({ username }) => username.startsWith(name)).length;
        const isWhole = there === records || (there === 0 && (isLost || !answered.includes(name)));
        return isWhole ? [] : [`of the ${records} events of ${name}, ${there} are there`];
      }),
    ...(feeds.size > 1 || feeds.has(0) ? ["some events are missing from feeds"] : []),
    ...leftovers.filter(({ count }) => count > 0).map(({ what, count }) => `${count} ${what}`),
  ];
}

/** For each event, to all subscriptions that were there; after a recovery of all, builds to those that came later too. */
function missingDeliveries(scenario: Scenario, { stored, answered }: Outcome): string[] {
  const { subscribers, deliveries, events, subscriptions } = stored;
  const recovered = isRecovered(scenario, answered)
    ? events
        .filter(({ type }) => type === "ADD_BUILD")
        .flatMap((event) => subscriptions.map(({ id }) => ({ event_id: event.id, subscription_id: id })))
    : [];
  return [...subscribers, ...recovered]
    .filter((one) => !deliveries.some((other) => isSame(one, other)))
    .map(({ event_id, subscription_id }) => `event ${event_id} has no delivery to subscription ${subscription_id}`);
}

/** How often owners have asked for what was settled once more. */
function revivals({ actions }: Scenario): number {
  return actions.filter(({ name }) => name.startsWith(RECOVER)).length;
}

/** Whether the last was answered, so that it happens. */
function isRecovered({ actions }: Scenario, answered: string[]): boolean {
  const last = actions.findLast(({ name }) => name.startsWith(RECOVER));
  return last !== undefined && answered.includes(last.name);
}

/** Each is delivered, and its receiver has it; only what nobody wants any more may be something else. */
function undelivered(scenario: Scenario, outcome: Outcome): string[] {
  const mayFail = scenario.mayFail && !isRecovered(scenario, outcome.answered);
  const { deliveries, subscriptions, events } = outcome.stored;
  return deliveries.flatMap((delivery) => {
    const subscription = subscriptions.find(({ id }) => id === delivery.subscription_id);
    const username = events.find(({ id }) => id === delivery.event_id)?.username ?? "";
    const hasArrived = acceptedOf(outcome, delivery).length > 0;
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

/** Each attempt that was counted is there, under its number. */
function miscounted({ deliveries, attempts }: Stored): string[] {
  return deliveries.flatMap(({ id, state, attempts: counted }) => {
    const numbers = attempts.filter(({ delivery_id }) => delivery_id === id).map(({ number }) => number);
    const isComplete = numbers.length === counted && numbers.every((number, index) => number === index + 1);
    return isComplete
      ? []
      : [`delivery ${id}, ${state}, counts ${counted} attempts and has ${numbers.join(", ") || "none"}`];
  });
}

/** Of what is known, each attempt and each failure is counted once, and no attempt is missing. */
function countedTwice({ counts }: Stored): string[] {
  return counts.flatMap(({ subscription_id: id, attempts, failures, counted, counted_failures }) => [
    ...(counted === attempts ? [] : [`subscription ${id} counts ${counted} of ${attempts} attempts`]),
    ...(counted_failures <= failures ? [] : [`subscription ${id} counts ${counted_failures} of ${failures} failures`]),
  ]);
}

/** What its owner revived, or asked for once more, fails after another attempt only. */
function failedAfterRevival({ marks }: Stored): string[] {
  return [...Map.groupBy(marks, ({ delivery_id }) => delivery_id)].flatMap(([id, own]) => {
    const isUndone = own.some(({ mark }, index) => mark === "failed" && own[index - 1]?.mark === "revived");
    return isUndone ? [`delivery ${id} failed without an attempt after it was revived`] : [];
  });
}

function illegalChanges(scenario: Scenario, { changes }: Stored): string[] {
  const illegal = changes.filter(({ old_state, new_state }) => !ARROWS[old_state]?.includes(new_state));
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
