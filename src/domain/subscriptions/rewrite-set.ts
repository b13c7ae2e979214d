import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { replaceSubscriptionSet, type SetReplacement } from "../../store/subscriptions/replace-subscriptions.ts";
import { readSubscriptionSet, type SubscriptionSet } from "../../store/subscriptions/subscription-rows.ts";
import { hintRelease } from "../hint-deliveries.ts";

/** How often a write is tried that lost against another. Each loss is somebody else's success, so they thin out. */
const MAX_TRIES = 60;
const LONGEST_PAUSE_MS = 200;

/**
 * Replaces a project's set by what `plan` makes of it, and answers what is stored. Where another writer was quicker, it
 * plans again from what that one stored. What `plan` throws ends it; so does undefined, which leaves the set as it is.
 * @throws AppError `unavailable` where others always come between.
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
  throw new AppError("unavailable", "Too many others are changing these subscriptions; try again.", {
    headers: { "Retry-After": "1" },
  });
}
