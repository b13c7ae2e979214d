import type { BrowsedDeliveries } from "../../domain/deliveries/browse-deliveries.ts";
import type { DeliveryQuery } from "../../schemas/delivery.ts";
import type { Subscription } from "../../schemas/subscription.ts";
import { viewUrl } from "../shared/place-url.ts";
import { DeliveryFilters, isNarrowed } from "./delivery-filters.tsx";
import { DeliveryList } from "./delivery-list.tsx";
import { DELIVERY_MESSAGES } from "../shared/flash-messages.ts";
import { usePage } from "../shared/page-context.tsx";
import { FlashMessage } from "../shared/flash-message.tsx";

interface Deliveries {
  page: BrowsedDeliveries;
  query: DeliveryQuery;
  subscriptions: Subscription[];
}

/** What became of what a project's subscriptions were to be told. */
export function DeliverySection({ page, query, subscriptions }: Deliveries) {
  const { url } = usePage();
  const isNewest = query.page_from === undefined;
  const isEmpty = page.deliveries.length === 0;
  const areNone = isEmpty && isNewest && !isNarrowed(query);
  return (
    <section id="deliveries">
      <h2>Deliveries</h2>
      <FlashMessage sentences={DELIVERY_MESSAGES} />
      {!areNone && <DeliveryFilters path={url.pathname} query={query} subscriptions={subscriptions} />}
      {isEmpty ? (
        <Empty query={query} path={url.pathname} hasSubscriptions={subscriptions.length > 0} />
      ) : (
        <DeliveryList deliveries={page.deliveries} />
      )}
      <Turning isNewest={isNewest} next={page.next} />
    </section>
  );
}

function Turning({ isNewest, next }: { isNewest: boolean; next: string | undefined }) {
  const { url } = usePage();
  if (isNewest && next === undefined) return null;
  const pageUrl = (page_from: string | undefined) => `${viewUrl(url, { notice: undefined, page_from })}#deliveries`;
  return (
    <p class="turning">
      {!isNewest && <a href={pageUrl(undefined)}>Newest</a>}
      {next !== undefined && <a href={pageUrl(next)}>Older →</a>}
    </p>
  );
}

/** Says what it means that there are none. */
function Empty({ query, path, hasSubscriptions }: { query: DeliveryQuery; path: string; hasSubscriptions: boolean }) {
  if (isNarrowed(query)) {
    return (
      <p class="empty">
        No delivery matches these filters. <a href={`${path}#deliveries`}>Show all of them</a>
      </p>
    );
  }
  if (query.page_from !== undefined) return <p class="empty">Nothing is older than this.</p>;
  return (
    <p class="empty">
      No deliveries yet.{" "}
      {hasSubscriptions
        ? "The next event of this project that a subscription is to be told of makes one."
        : "There will be some once the project has a subscription, and something happens in it."}
    </p>
  );
}
