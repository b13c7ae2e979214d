import * as z from "zod";
import { DeliveryQuery } from "../../schemas/delivery.ts";
import { PageSize } from "../../schemas/page.ts";

export const DELIVERIES_A_PAGE = 20;
/** Each comes with its newest attempts and what was answered: 500 of them would be a page of 15 MB. */
const MOST_DELIVERIES_A_PAGE = 100;

/** What a project's page is asked for: the listing's own parameters. A form's empty field is none. */
export const DeliveryFormQuery = z.preprocess(
  withoutEmpty,
  DeliveryQuery.extend({
    page_size: PageSize.refine(
      (size) => size <= MOST_DELIVERIES_A_PAGE,
      `must be from 1 to ${MOST_DELIVERIES_A_PAGE}`,
    ).default(DELIVERIES_A_PAGE),
  }),
);

function withoutEmpty(query: unknown): unknown {
  if (typeof query !== "object" || query === null) return query;
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}
