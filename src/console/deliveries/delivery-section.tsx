import type { BrowsedDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import type { DeliveryQuery } from "../../schemas/delivery.ts";
import { DELIVERY_MESSAGES, FlashMessage } from "../shared/flash-message.tsx";
import { usePage } from "../shared/page-context.tsx";
import { viewUrl } from "../shared/page-urls.ts";
import { DeliveryFilters, isFiltered } from "./delivery-filters.tsx";
import { DeliveryList, type SubscriptionHead } from "./delivery-list.tsx";

interface DeliverySectionProps {
  page: BrowsedDeliveries;
  query: DeliveryQuery;
  subscriptions: SubscriptionHead[];
}

/** A project's deliveries, with filters and pages. */
export function DeliverySection({ page, query, subscriptions }: DeliverySectionProps) {
  const isNewest = query.page_from === undefined;
  const isEmpty = page.deliveries.length === 0;
  const hasNone = isEmpty && isNewest && !isFiltered(query);
  return (
    <section id="deliveries">
      <h2>Deliveries</h2>
      <FlashMessage messages={DELIVERY_MESSAGES} />
      {!hasNone && <DeliveryFilters query={query} subscriptions={subscriptions} />}
      {isEmpty ? (
        <NoDeliveries query={query} hasSubscriptions={subscriptions.length > 0} />
      ) : (
        <DeliveryList deliveries={page.deliveries} />
      )}
      <DeliveryPager isNewest={isNewest} next={page.next} />
    </section>
  );
}

function DeliveryPager({ isNewest, next }: { isNewest: boolean; next: string | undefined }) {
  const { url } = usePage();
  if (isNewest && next === undefined) return null;
  const pageUrl = (page_from: string | undefined) => `${viewUrl(url, { notice: undefined, page_from })}#deliveries`;
  return (
    <p class="pager">
      {!isNewest && <a href={pageUrl(undefined)}>Newest</a>}
      {next !== undefined && <a href={pageUrl(next)}>Older →</a>}
    </p>
  );
}

function NoDeliveries({ query, hasSubscriptions }: { query: DeliveryQuery; hasSubscriptions: boolean }) {
  const path = usePage().url.pathname;
  if (isFiltered(query)) {
    return (
      <p class="empty">
        No delivery matches these filters. <a href={`${path}#deliveries`}>Show all deliveries</a>
      </p>
    );
  }
  if (query.page_from !== undefined) return <p class="empty">There are no older deliveries.</p>;
  return (
    <p class="empty">
      No deliveries yet.{" "}
      {hasSubscriptions
        ? "The next event that matches a subscription creates one."
        : "They appear here when the project has a subscription and an event matches it."}
    </p>
  );
}
