import * as z from "zod";
import { DeliveryQuery } from "../../schemas/delivery.ts";
import { PageSize } from "../../schemas/page.ts";

export const DELIVERIES_A_PAGE = 20;

/** What a project's page is asked for: the listing's own parameters. A form's empty field is none. */
export const DeliveryFormQuery = z.preprocess(
  withoutEmpty,
  DeliveryQuery.extend({ page_size: PageSize.default(DELIVERIES_A_PAGE) }),
);

function withoutEmpty(query: unknown): unknown {
  if (typeof query !== "object" || query === null) return query;
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
}
