import { destinationKey } from "../../channels/destination.ts";
import type { OutgoingMessage, SlackMessage, WebhookDestination } from "../../channels/message.ts";
import { countThatFit } from "../../channels/slack/slack-digest.ts";
import { Event } from "../../schemas/event.ts";
import { SubscriptionType } from "../../schemas/subscription.ts";
import type { ClaimedSubscription } from "../../store/deliveries/claimed-subscriptions.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import type { ClaimedDelivery } from "../../store/deliveries/claim-deliveries.ts";
import { allowsAttempt, type DeliveryPolicy } from "./delivery-policy.ts";
import { reasonNotTaken } from "../subscriptions/takes-event.ts";

/** A message and the deliveries that it carries: one for a webhook, or as many as fit for Slack. */
export interface Dispatch {
  subscriptionId: number;
  project: string;
  /** True if the subscription's last attempt failed. */
  isFailing: boolean;
  /** The `destinationKey` of the message's URL. */
  destination: string;
  message: OutgoingMessage;
  deliveries: readonly ClaimedDelivery[];
}

/** The messages that carry the claimed deliveries, and the deliveries that cannot be sent, each with the reason. */
export interface Plan {
  dispatches: Dispatch[];
  unsendable: { delivery: ClaimedDelivery; reason: string }[];
}

/** A delivery that can be sent, with the data for its message. */
interface Sendable {
  delivery: ClaimedDelivery;
  subscription: ClaimedSubscription;
  body: string;
  event: Event;
}

/** What is the same for all messages of a plan. */
interface PlanMoment {
  /** In milliseconds since 1970. */
  now: number;
  /** The newest checkpoint of the log, if there is a log. */
  checkpoint: string | undefined;
}

/** Never throws, because a delivery whose rows cannot be read counts as unsendable. */
export function planDispatches(policy: DeliveryPolicy, claimed: ClaimedDelivery[], moment: PlanMoment): Plan {
  const unsendable: Plan["unsendable"] = [];
  const ready: Sendable[] = [];
  const parse = parseOnce();
  for (const delivery of claimed) {
    const found = sendableOrReason(policy, delivery, parse);
    if (typeof found === "string") unsendable.push({ delivery, reason: found });
    else ready.push(found);
  }
  const byType = Map.groupBy(ready, ({ subscription }) => subscription.type);
  const dispatches = SubscriptionType.options.flatMap((type) => BUILDERS[type](byType.get(type) ?? [], policy, moment));
  return { dispatches, unsendable };
}

/** How the deliveries of each channel become messages. */
const BUILDERS: Record<
  SubscriptionType,
  (ready: Sendable[], policy: DeliveryPolicy, moment: PlanMoment) => Dispatch[]
> = {
  webhook: (ready, _policy, moment) => ready.map((one) => toWebhook(one, moment)),
  slack: (ready, { publicUrl }) => {
    const bySubscription = Map.groupBy(ready, ({ delivery }) => delivery.subscriptionId);
    return [...bySubscription.values()].flatMap((burst) => toSlack(burst, publicUrl));
  },
};

/**
 * Halves a rejected message, because Slack rejects all of it if one of its events is bad. Undefined if the message has
 * only one event.
 */
export function splitInHalf(dispatch: Dispatch): [Dispatch, Dispatch] | undefined {
  const { message, deliveries } = dispatch;
  if (message.type !== "slack" || deliveries.length < 2) return undefined;
  const middle = Math.ceil(deliveries.length / 2);
  const part = (start: number, end?: number): Dispatch => ({
    ...dispatch,
    message: { ...message, events: message.events.slice(start, end) },
    deliveries: deliveries.slice(start, end),
  });
  return [part(0, middle), part(middle)];
}

/** Returns the data for the message, or the reason why the delivery cannot be sent. */
function sendableOrReason(
  policy: DeliveryPolicy,
  delivery: ClaimedDelivery,
  parse: (row: EventRow) => Event | undefined,
): Sendable | string {
  const { event: row, subscription } = delivery;
  if (row === undefined || !delivery.isSubscriptionThere) return "the event or the subscription was deleted";
  if (subscription === undefined) return "the subscription cannot be read";
  if (!allowsAttempt(policy.retrySchedule, numberInRun(delivery))) return "RETRY_SCHEDULE allows no further attempt";
  const event = parse(row);
  if (event === undefined) return "the event cannot be read";
  const notTaken = reasonNotTaken(subscription, event);
  if (notTaken !== undefined) return `the subscription ${notTaken}`;
  return { delivery, subscription, body: row.json, event };
}

/** Parses each event once, however many subscriptions receive it. */
function parseOnce(): (row: EventRow) => Event | undefined {
  const events = new Map<number, Event | undefined>();
  return ({ id, json }) => {
    if (!events.has(id)) events.set(id, parseEvent(json));
    return events.get(id);
  };
}

/** Numbers in `data` lose digits here. Only the text for people is affected, because webhooks receive `body`. */
function parseEvent(json: string): Event | undefined {
  try {
    return Event.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function toWebhook({ delivery, subscription, body, event }: Sendable, { now, checkpoint }: PlanMoment): Dispatch {
  const destination: WebhookDestination = { url: subscription.url, signingSecrets: signingSecrets(subscription, now) };
  return {
    subscriptionId: delivery.subscriptionId,
    project: delivery.project,
    isFailing: subscription.consecutive_failures > 0,
    destination: destinationKey(subscription.url),
    message: { type: "webhook", webhookId: webhookId(delivery.id), body, event, checkpoint, destination },
    deliveries: [delivery],
  };
}

function toSlack(burst: Sendable[], publicUrl: string | undefined): Dispatch[] {
  const [first, ...others] = burst;
  if (first === undefined) return [];
  const { subscription, delivery } = first;
  const events = [first, ...others].map(({ event }) => event);
  const fit = countThatFit(events, publicUrl);
  const message: SlackMessage = {
    type: "slack",
    events: events.slice(0, fit),
    destination: slackDestination(subscription),
  };
  const carried = burst.slice(0, fit).map((one) => one.delivery);
  const { subscriptionId, project } = delivery;
  const isFailing = subscription.consecutive_failures > 0;
  return [
    { subscriptionId, project, isFailing, destination: destinationKey(subscription.url), message, deliveries: carried },
    ...toSlack(burst.slice(fit), publicUrl),
  ];
}

export function slackDestination({
  url,
  slack_username,
  slack_icon,
}: Pick<ClaimedSubscription, "url" | "slack_username" | "slack_icon">): SlackMessage["destination"] {
  return { url, slackUsername: slack_username ?? undefined, slackIcon: slack_icon ?? undefined };
}

/** All attempts of a delivery have the same `webhook-id`. */
function webhookId(deliveryId: number): string {
  return `msg_${deliveryId}`;
}

/**
 * The secrets that sign a message, newest first: the current one, and those that were replaced in the last 24 hours.
 */
export function signingSecrets(
  { signing_secret, previous_secrets }: Pick<ClaimedSubscription, "signing_secret" | "previous_secrets">,
  now: number,
): string[] {
  return [signing_secret, ...previous_secrets.filter(({ expires_at }) => expires_at > now).map(({ secret }) => secret)];
}

/** The number of the attempt in the current run of the schedule, from 1. */
export function numberInRun({
  attempt,
  attemptsBeforeSchedule,
}: Pick<ClaimedDelivery, "attempt" | "attemptsBeforeSchedule">): number {
  return attempt - attemptsBeforeSchedule;
}
