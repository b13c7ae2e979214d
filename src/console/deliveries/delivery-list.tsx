import type { BrowsedDelivery } from "../../domain/deliveries/browse-deliveries.ts";
import type { SubscriptionType } from "../../schemas/subscription.ts";
import { deliveriesUrl } from "../shared/project-url.ts";
import { subscriptionName } from "../shared/channel-names.ts";
import { Sentence } from "../shared/event-sentence.tsx";
import { usePage } from "../shared/page-context.tsx";
import { RelativeTime } from "../shared/relative-time.tsx";
import { UserText } from "../shared/untrusted-text.tsx";
import { Attempts } from "./attempts.tsx";
import { State } from "./delivery-state.tsx";

interface Deliveries {
  deliveries: BrowsedDelivery[];
  /** Where the page itself says what happened. */
  isOfOneEvent?: boolean;
}

export function DeliveryList({ deliveries, isOfOneEvent = false }: Deliveries) {
  return (
    <ol class="deliveries">
      {deliveries.map((browsed) => (
        <li id={`delivery-${browsed.delivery.id}`}>
          <State browsed={browsed} />
          <div class="of">
            <p>{isOfOneEvent ? <ToWhom browsed={browsed} /> : <What browsed={browsed} />}</p>
            <p class="about">
              {!isOfOneEvent && <ToWhom browsed={browsed} />}
              <RelativeTime time={browsed.delivery.created_at} />
              <WhyNot browsed={browsed} />
            </p>
            <Attempts browsed={browsed} />
          </div>
          {browsed.mayRedeliver && <Redelivery id={browsed.delivery.id} />}
        </li>
      ))}
    </ol>
  );
}

interface Browsed {
  browsed: BrowsedDelivery;
}

function What({ browsed: { delivery, event } }: Browsed) {
  if (event === undefined) return <>Event {delivery.event_id}</>;
  return (
    <a href={`/events/${event.id}`}>
      <Sentence row={event} />
    </a>
  );
}

function ToWhom({ browsed: { delivery, subscription } }: Browsed) {
  return (
    <a href={deliveriesUrl(delivery.project, { subscription: delivery.subscription_id })}>
      {subscription === undefined ? `Subscription ${delivery.subscription_id}` : addresseeName(subscription)}
    </a>
  );
}

/** What its last attempt came to, where it has not arrived. */
function WhyNot({ browsed: { delivery } }: Browsed) {
  const { reason } = delivery.history.at(-1) ?? {}; // one that was delivered has none
  if (reason === undefined) return null;
  return (
    <span class="why">
      <UserText text={reason} />
    </span>
  );
}

/** "Webhook 3, hooks.example.com": several may have one host. */
export function addresseeName(addressee: { id: string | number; type: SubscriptionType; url: string }): string {
  return `${subscriptionName(addressee)}, ${new URL(addressee.url).host}`;
}

function Redelivery({ id }: { id: string }) {
  const { pathname, search } = usePage().url;
  return (
    <form method="post" action={`/deliveries/${id}/redeliver`}>
      <input type="hidden" name="back" value={`${pathname}${search}`} />
      <button class="quiet">
        Redeliver <span class="spoken">delivery {id}</span>
      </button>
    </form>
  );
}
