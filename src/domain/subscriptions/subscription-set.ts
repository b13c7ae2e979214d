import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { NewSubscription } from "../../schemas/subscription.ts";
import { readSubscriptionSet, type SubscriptionSet } from "../../store/subscriptions/subscription-rows.ts";
import { ownsProject, requireOwner, requireProjectReader, type Reader } from "../access/roles.ts";
import { changesNothing, planReplacement } from "./plan-replacement.ts";
import { rewriteSet } from "./rewrite-set.ts";
import { toSubscriptionView, type SubscriptionView } from "./subscription-view.ts";

/** A project's subscriptions, in order of creation. */
export interface ListedSubscriptions {
  /** 0 before the first change; each change adds 1. */
  version: number;
  isOwner: boolean;
  subscriptions: SubscriptionView[];
}

/** @throws AppError `forbidden` without a role in the project. */
export async function listSubscriptions(
  { db }: Context,
  reader: Reader,
  project: string,
): Promise<ListedSubscriptions> {
  requireProjectReader(reader, project);
  return toListed(await readSubscriptionSet(db, project), ownsProject(reader, project));
}

/**
 * Replaces a project's whole set, and returns what is stored. The last writer wins, unless `isExpected` restricts the
 * versions that may be replaced.
 * @throws AppError `forbidden` if the reader is not an owner, or adds a group that they are not in; `invalid-request`
 * with the faults; `precondition-failed` if `isExpected` is false for the stored version.
 */
export async function replaceSubscriptions(
  context: Context,
  reader: Reader,
  project: string,
  entries: NewSubscription[],
  isExpected?: (version: number) => boolean,
): Promise<ListedSubscriptions> {
  requireOwner(reader, project);
  const stored = await rewriteSet(context, project, (current) => {
    if (isExpected !== undefined && !isExpected(current.version)) {
      throw new AppError("precondition-failed", "The subscriptions have changed since you read them. Read them again.");
    }
    const replacement = planReplacement(context, reader, project, current, entries);
    // A request that expects a version always makes a new version, so only one of several such requests can succeed.
    return isExpected === undefined && changesNothing(replacement, current) ? undefined : replacement;
  });
  return toListed(stored, true);
}

function toListed({ version, rows }: SubscriptionSet, isOwner: boolean): ListedSubscriptions {
  return { version, isOwner, subscriptions: rows.map((row) => toSubscriptionView(row, isOwner)) };
}
