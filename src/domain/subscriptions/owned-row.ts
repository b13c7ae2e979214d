import { AppError } from "../../errors.ts";
import { Decimal } from "../../schemas/text.ts";
import type { Database } from "../../store/database.ts";
import { findSubscription, type SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { requireOwner, type Reader } from "../access/roles.ts";
import type { SubscriptionPath } from "./subscription-view.ts";

/**
 * The row of a subscription, with its secrets. Only verbs that sign, rotate a secret or plan a change use it, and none
 * returns it.
 * @throws AppError `forbidden` if the reader is not an owner; `not-found` if the project has no such subscription.
 */
export async function getOwnedRow(
  db: Database,
  reader: Reader,
  { project, id }: SubscriptionPath,
): Promise<SubscriptionRow> {
  requireOwner(reader, project);
  const row = Decimal.safeParse(id).success ? await findSubscription(db, project, Number(id)) : undefined;
  if (row === undefined) throw new AppError("not-found", "This project has no subscription with this ID.");
  return row;
}
