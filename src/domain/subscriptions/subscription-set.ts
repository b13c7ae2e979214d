import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { NewSubscription } from "../../schemas/subscription.ts";
import { Decimal } from "../../schemas/text.ts";
import type { Database } from "../../store/database.ts";
import {
  findSubscription,
  readSubscriptionSet,
  type SubscriptionRow,
  type SubscriptionSet,
} from "../../store/subscriptions/subscription-rows.ts";
import { changesNothing } from "./changes-nothing.ts";
import { planReplacement } from "./plan-replacement.ts";
import type { Reader } from "../access/reader.ts";
import { requireOwner, requireProjectReader } from "../access/roles.ts";
import { rewriteSet } from "./rewrite-set.ts";

/** @throws AppError `forbidden` without a role in the project. */
export async function listSubscriptions(db: Database, reader: Reader, project: string): Promise<SubscriptionSet> {
  requireProjectReader(reader, project);
  return readSubscriptionSet(db, project);
}

/**
 * Replaces a project's whole set; answers what is stored. The last writer wins whole, unless `isExpected` names the
 * versions that may be replaced.
 * @throws AppError `forbidden` for who is no owner or adds a group that is not his; `invalid-request` with the faults;
 * `precondition-failed` where the version is none of the expected.
 */
export async function replaceSubscriptions(
  context: Context,
  reader: Reader,
  project: string,
  entries: NewSubscription[],
  isExpected?: (version: number) => boolean,
): Promise<SubscriptionSet> {
  requireOwner(reader, project);
  return rewriteSet(context, project, (current) => {
    if (isExpected !== undefined && !isExpected(current.version)) {
      throw new AppError("precondition-failed", "The subscriptions have changed since you read them: read them again.");
    }
    const replacement = planReplacement(context, reader, project, current, entries);
    // Of several who expect a version one alone is to get it, so a set that was sent with one makes the next.
    return isExpected === undefined && changesNothing(replacement, current) ? undefined : replacement;
  });
}

/** @throws AppError `forbidden` for who is no owner; `not-found` where the project has no such subscription. */
export async function getSubscription(
  db: Database,
  reader: Reader,
  { project, id }: { project: string; id: string },
): Promise<SubscriptionRow> {
  requireOwner(reader, project);
  const row = Decimal.safeParse(id).success ? await findSubscription(db, project, Number(id)) : undefined;
  if (row === undefined) throw new AppError("not-found", "This project has no subscription of this ID.");
  return row;
}
