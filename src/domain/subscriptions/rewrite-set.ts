import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { replaceSubscriptionSet, type SetReplacement } from "../../store/subscriptions/replace-subscriptions.ts";
import { readSubscriptionSet, type SubscriptionSet } from "../../store/subscriptions/subscription-rows.ts";
import { hintRelease } from "../hint-deliveries.ts";

/** The largest number of tries. A try fails only because another writer has succeeded. */
const MAX_TRIES = 60;
const LONGEST_PAUSE_MS = 200;

/**
 * Replaces a project's set by the one that `plan` returns, and returns the stored set. If another writer was faster,
 * plans again from that writer's set. If `plan` returns undefined, the set stays as it is. Errors of `plan` are passed
 * on.
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
