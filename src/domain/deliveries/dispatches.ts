import type { OutgoingMessage, SlackMessage, WebhookDestination } from "../../channels/message.ts";
import { countThatFit } from "../../channels/slack/slack-digest.ts";
import { Event } from "../../schemas/event.ts";
import type { ClaimedSubscription } from "../../store/deliveries/claimed-subscriptions.ts";
import type { ClaimedDelivery } from "../../store/deliveries/claim-deliveries.ts";
import { isWithin, type DeliveryPolicy } from "./delivery-policy.ts";
import { reasonNotTaken } from "../subscriptions/takes-event.ts";

/** A message with the deliveries that it carries: one for a webhook, as many as fit for Slack. */
export interface Dispatch {
  subscriptionId: number;
  project: string;
  /** Whether the subscription's last attempt failed. */
  isFailing: boolean;
  message: OutgoingMessage;
  deliveries: readonly ClaimedDelivery[];
}

/** The messages for some claimed deliveries, and the deliveries that cannot be sent, each with the reason. */
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
  /** The log's newest, if there is one. */
  checkpoint: string | undefined;
}

/** Never throws: a delivery whose rows cannot be read is unsendable. */
export function planDispatches(policy: DeliveryPolicy, claimed: ClaimedDelivery[], moment: PlanMoment): Plan {
  const unsendable: Plan["unsendable"] = [];
  const ready: Sendable[] = [];
  for (const delivery of claimed) {
    const found = sendableOrReason(policy, delivery);
    if (typeof found === "string") unsendable.push({ delivery, reason: found });
    else ready.push(found);
  }
  const [bursts, single] = [new Map<number, Sendable[]>(), [] as Sendable[]];
  for (const one of ready) {
    const { subscriptionId } = one.delivery;
    if (one.subscription.type === "slack") bursts.set(subscriptionId, [...(bursts.get(subscriptionId) ?? []), one]);
    else single.push(one);
  }
  const dispatches = [
    ...single.map((one) => toWebhook(one, moment)),
    ...[...bursts.values()].flatMap((burst) => toSlack(burst, policy.publicUrl)),
  ];
  return { dispatches, unsendable };
}

/** Slack rejects a message if one of its events is bad: the halves find it. Undefined if there is only one event. */
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

/** Returns the reason if the delivery cannot be sent. */
function sendableOrReason(policy: DeliveryPolicy, delivery: ClaimedDelivery): Sendable | string {
  const { event: row, subscription } = delivery;
  if (row === undefined || !delivery.isSubscriptionThere) return "its event or its subscription was deleted";
  if (subscription === undefined) return "its subscription cannot be read";
  if (!isWithin(policy.retrySchedule, runNumber(delivery))) return "RETRY_SCHEDULE has no attempt left for it";
  const event = parseEvent(row.json);
  if (event === undefined) return "its event cannot be read";
  const notTaken = reasonNotTaken(subscription, event);
  if (notTaken !== undefined) return `its subscription ${notTaken}`;
  return { delivery, subscription, body: row.json, event };
}

/** Numbers in `data` lose digits here. That affects only the text for people; webhooks receive `body`. */
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
    { subscriptionId, project, isFailing, message, deliveries: carried },
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

/** Every attempt of a delivery has the same. */
function webhookId(deliveryId: number): string {
  return `msg_${deliveryId}`;
}

/** The newest first. Secrets that were replaced in the last 24 hours sign too. */
export function signingSecrets(
  { signing_secret, previous_secrets }: Pick<ClaimedSubscription, "signing_secret" | "previous_secrets">,
  now: number,
): string[] {
  return [signing_secret, ...previous_secrets.filter(({ expires_at }) => expires_at > now).map(({ secret }) => secret)];
}

/** The attempt's number within the current run of the schedule, from 1. */
export function runNumber({
  attempt,
  attemptsBeforeSchedule,
}: Pick<ClaimedDelivery, "attempt" | "attemptsBeforeSchedule">): number {
  return attempt - attemptsBeforeSchedule;
}
