import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { NewSubscription } from "../../schemas/subscription.ts";
import { replaceSubscriptionSet, type SetReplacement } from "../../store/subscriptions/replace-subscriptions.ts";
import { readSubscriptionSet, type SubscriptionSet } from "../../store/subscriptions/subscription-rows.ts";
import type { Reader } from "../access/reader.ts";
import { ownsProject, requireOwner, requireProjectReader } from "../access/roles.ts";
import { hintRelease } from "../hint-deliveries.ts";
import { changesNothing, planReplacement } from "./plan-replacement.ts";
import { toSubscriptionView, type SubscriptionView } from "./subscription-view.ts";

/** How often a write that lost against another one is tried again. Each loss is another writer's success. */
const MAX_TRIES = 60;
const LONGEST_PAUSE_MS = 200;

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
 * with the faults; `precondition-failed` if the version is not an expected one.
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
    // Of several requests that expect one version, only one may succeed: so such a request always makes a new version.
    return isExpected === undefined && changesNothing(replacement, current) ? undefined : replacement;
  });
  return toListed(stored, true);
}

/**
 * Replaces a project's set by what `plan` returns, and returns what is stored. If another writer was faster, it plans
 * again from that writer's set. If `plan` returns undefined, the set stays as it is; what `plan` throws is passed on.
 * @throws AppError `unavailable` if other writers were faster each time.
 */
export async function rewriteSet(
  context: Context,
  project: string,
  plan: (current: SubscriptionSet) => SetReplacement | undefined | Promise<SetReplacement>,
): Promise<SubscriptionSet> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const current = await readSubscriptionSet(context.db, project);
    const replacement = await plan(current);
    if (replacement === undefined) return current;
    if (await replaceSubscriptionSet(context.db, replacement)) {
      context.background(hintRelease(context));
      return readSubscriptionSet(context.db, project);
    }
    await context.wait(context.random() * Math.min(LONGEST_PAUSE_MS, 10 * (tries + 1)));
  }
  throw new AppError(
    "unavailable",
    "Too many other requests are changing the subscriptions of this project. Try again.",
    { headers: { "Retry-After": "1" } },
  );
}

function toListed({ version, rows }: SubscriptionSet, isOwner: boolean): ListedSubscriptions {
  return { version, isOwner, subscriptions: rows.map((row) => toSubscriptionView(row, isOwner)) };
}
