import type { BrowsedDelivery } from "../../domain/deliveries/browse-deliveries.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";
import { EventSentence } from "../shared/event-sentence.tsx";
import { subscriptionName } from "../shared/labels.ts";
import { usePage } from "../shared/page-context.tsx";
import { deliveriesUrl } from "../shared/page-urls.ts";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { Attempts } from "./attempts.tsx";
import { DeliveryStateLabel } from "./delivery-state.tsx";

interface DeliveryListProps {
  deliveries: BrowsedDelivery[];
  /** True if the page itself shows the event. The list then leaves it out. */
  isOfOneEvent?: boolean;
}

export function DeliveryList({ deliveries, isOfOneEvent = false }: DeliveryListProps) {
  return (
    <ol class="deliveries">
      {deliveries.map((browsed) => (
        <li id={`delivery-${browsed.delivery.id}`}>
          <DeliveryStateLabel browsed={browsed} />
          <div class="delivery">
            <p>{isOfOneEvent ? <SubscriptionLink browsed={browsed} /> : <EventLink browsed={browsed} />}</p>
            <p class="about">
              {!isOfOneEvent && <SubscriptionLink browsed={browsed} />}
              <RelativeTime time={browsed.delivery.created_at} />
              <FailureReason browsed={browsed} />
            </p>
            <Attempts browsed={browsed} />
          </div>
          {browsed.mayRedeliver && <RedeliverForm id={browsed.delivery.id} />}
        </li>
      ))}
    </ol>
  );
}

interface Browsed {
  browsed: BrowsedDelivery;
}

function EventLink({ browsed: { delivery, event } }: Browsed) {
  if (event === undefined) return <>Event {delivery.event_id}</>;
  return (
    <a href={`/events/${event.id}`}>
      <EventSentence event={event} />
    </a>
  );
}

function SubscriptionLink({ browsed: { delivery, subscription } }: Browsed) {
  return (
    <a href={deliveriesUrl(delivery.project, { subscription: delivery.subscription_id })}>
      {subscription === undefined ? `Subscription ${delivery.subscription_id}` : describeSubscription(subscription)}
    </a>
  );
}

/** The reason of the last attempt; a successful attempt has none. */
function FailureReason({ browsed: { delivery } }: Browsed) {
  const { reason } = delivery.history.at(-1) ?? {};
  if (reason === undefined) return null;
  return (
    <span class="reason">
      <UserText text={reason} />
    </span>
  );
}

/** The fields by which a person recognizes a subscription. None is a secret. */
export interface SubscriptionHead {
  id: string | number;
  type: SubscriptionType;
  url: string;
}

/** As in "Webhook 3, hooks.example.com". The ID is included, because subscriptions can share a host. */
export function describeSubscription(subscription: SubscriptionHead): string {
  return `${subscriptionName(subscription)}, ${new URL(subscription.url).host}`;
}

function RedeliverForm({ id }: { id: string }) {
  const { pathname, search } = usePage().url;
  return (
    <form method="post" action={`/deliveries/${id}/redeliver`}>
      <input type="hidden" name="back" value={`${pathname}${search}`} />
      <button class="secondary">
        Redeliver <span class="visually-hidden">delivery {id}</span>
      </button>
    </form>
  );
}
