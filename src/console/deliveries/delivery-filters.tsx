import * as z from "zod";
import { DELIVERY_STATES, DeliveryQuery } from "../../schemas/delivery.ts";
import { PageSize } from "../../schemas/page.ts";
import { usePage } from "../shared/page-context.tsx";
import { describeSubscription, type SubscriptionHead } from "./delivery-list.tsx";
import { DELIVERY_STATE_NAMES } from "./delivery-state.tsx";

const DEFAULT_DELIVERIES = 20;
/** A page of 500 deliveries, each with its attempts and responses, would have 15 MB. */
const MAX_DELIVERIES = 100;

/** The query of a project's page: the parameters of the API's listing. An empty form field counts as absent. */
export const DeliveryFormQuery = z.preprocess(
  withoutEmpty,
  DeliveryQuery.extend({
    page_size: PageSize.refine((size) => size <= MAX_DELIVERIES, `must be from 1 to ${MAX_DELIVERIES}`).default(
      DEFAULT_DELIVERIES,
    ),
  }),
);

function withoutEmpty(query: unknown): unknown {
  if (typeof query !== "object" || query === null) return query;
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}

export function isFiltered({ state, subscription, event }: DeliveryQuery): boolean {
  return [state, subscription, event].some((value) => value !== undefined);
}

export function DeliveryFilters({ query, subscriptions }: { query: DeliveryQuery; subscriptions: SubscriptionHead[] }) {
  const path = usePage().url.pathname;
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
              {DELIVERY_STATE_NAMES[name]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Subscription
        <select name="subscription">
          <option value="">All</option>
          {subscriptions.map((one) => (
            <option value={one.id} selected={`${one.id}` === subscription}>
              {describeSubscription(one)}
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
      {page_size !== DEFAULT_DELIVERIES && <input type="hidden" name="page_size" value={page_size} />}
      <div class="buttons">
        <button class="secondary">Filter</button>
        {isFiltered(query) && <a href={`${path}#deliveries`}>Clear</a>}
      </div>
    </form>
  );
}
