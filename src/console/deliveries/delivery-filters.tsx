import { DELIVERY_STATES, type DeliveryQuery } from "../../schemas/delivery.ts";
import type { Subscription } from "../../schemas/subscription.ts";
import { DELIVERIES_A_PAGE } from "./delivery-query.ts";
import { addresseeName } from "./delivery-list.tsx";
import { STATE_NAMES } from "./delivery-state.tsx";

export function isNarrowed({ state, subscription, event }: DeliveryQuery): boolean {
  return [state, subscription, event].some((value) => value !== undefined);
}

interface Filters {
  path: string;
  query: DeliveryQuery;
  subscriptions: Subscription[];
}

export function DeliveryFilters({ path, query, subscriptions }: Filters) {
  const { state, subscription, event, page_size } = query;
  const isKnown = subscription === undefined || subscriptions.some(({ id }) => id === subscription);
  return (
    <form class="narrowing" action={`${path}#deliveries`} role="search" aria-label="Deliveries">
      <label>
        State
        <select name="state">
          <option value="">All</option>
          {DELIVERY_STATES.map((name) => (
            <option value={name} selected={name === state}>
              {STATE_NAMES[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Subscription
        <select name="subscription">
          <option value="">All</option>
          {subscriptions.map((one) => (
            <option value={one.id} selected={one.id === subscription}>
              {addresseeName(one)}
            </option>
          ))}
          {!isKnown && (
            <option value={subscription} selected>
              Subscription {subscription}
            </option>
          )}
        </select>
      </label>
      <label>
        Event ID
        <input name="event" inputmode="numeric" autocomplete="off" value={event ?? ""} />
      </label>
      {page_size !== DELIVERIES_A_PAGE && <input type="hidden" name="page_size" value={page_size} />}
      <div class="buttons">
        <button class="quiet">Filter</button>
        {isNarrowed(query) && <a href={`${path}#deliveries`}>Clear</a>}
      </div>
    </form>
  );
}
