import { formatIso } from "../../lib/time.ts";
import type { Context } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { MAX_SUBSCRIPTIONS, type NewSubscription } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import { requireOwner, type Reader } from "../access/roles.ts";
import { getOwnedRow } from "./owned-row.ts";
import { planReplacement } from "./plan-replacement.ts";
import { rewriteSet } from "./rewrite-set.ts";
import { settingsTag, settingsText, toEntry } from "./subscription-settings.ts";
import { toSubscriptionView, type SubscriptionPath, type SubscriptionView } from "./subscription-view.ts";

/** A subscription as its owners see it. */
export interface OwnedSubscription extends SubscriptionView {
  /** A fingerprint of the settings, for `changeSubscription`. */
  tag: string;
  /** RFC 3339. Until this time, messages are also signed with the secret that the last rotation replaced. */
  previousSecretUntil: string | undefined;
}

/** @throws AppError `forbidden` if the reader is not an owner; `not-found` if the project has no such subscription. */
export async function getSubscription(
  { db, now }: Context,
  reader: Reader,
  path: SubscriptionPath,
): Promise<OwnedSubscription> {
  const row = await getOwnedRow(db, reader, path);
  const previous = row.previous_secrets.find(({ expires_at }) => expires_at > now()); // the newest is stored first
  return {
    ...toSubscriptionView(row, true),
    tag: settingsTag(row),
    previousSecretUntil: previous && formatIso(previous.expires_at),
  };
}

/**
 * Adds a subscription to a project's set, and returns its ID. If an identical subscription exists, adds nothing and
 * returns the ID of that one: a form that is submitted twice must not double every delivery.
 * @throws AppError as `planReplacement` does; `forbidden` if the reader is not an owner; `conflict` if the set is full.
 */
export async function addSubscription(
  context: Context,
  reader: Reader,
  project: string,
  entry: NewSubscription,
): Promise<string> {
  requireOwner(reader, project);
  let before = new Set<number>();
  let twin: SubscriptionRow | undefined;
  const { rows } = await rewriteSet(context, project, (current) => {
    twin = current.rows.find((row) => row.type === entry.type && settingsText(row) === settingsText(entry));
    if (twin !== undefined) return undefined;
    if (current.rows.length >= MAX_SUBSCRIPTIONS) {
      throw new AppError(
        "conflict",
        `A project can have at most ${MAX_SUBSCRIPTIONS} subscriptions. Delete one, or extend an existing one.`,
      );
    }
    before = new Set(current.rows.map(({ id }) => id));
    return planReplacement(context, reader, project, current, [entry], [...before]);
  });
  // Rows come in order of ID, so the first new row is ours, even if another request has added a row after it.
  const added = twin ?? rows.find(({ id }) => !before.has(id));
  if (added === undefined) {
    throw new AppError("not-found", "The subscription was added, but another owner deleted it immediately.");
  }
  return `${added.id}`;
}

/**
 * Changes one subscription. The others stay as they are, even if another owner changes them at the same time. `tag` is
 * the one that `getSubscription` returned.
 * @throws AppError as `planReplacement` does; `forbidden`; `not-found`; `precondition-failed` if the subscription has
 * changed since `tag` was read.
 */
export async function changeSubscription(
  context: Context,
  reader: Reader,
  path: SubscriptionPath,
  entry: NewSubscription,
  tag: string,
): Promise<void> {
  await rewriteOne(context, reader, path, (row) => {
    if (settingsTag(row) !== tag) {
      throw new AppError("precondition-failed", "Another owner has changed this subscription since you opened it.");
    }
    return { ...entry, id: path.id };
  });
}

/** @throws AppError as `planReplacement` does; `forbidden`; `not-found`. */
export async function enableSubscription(
  context: Context,
  reader: Reader,
  path: SubscriptionPath,
  enabled: boolean,
): Promise<void> {
  await rewriteOne(context, reader, path, (row) => ({ ...toEntry(row), enabled }));
}

/** @throws AppError `forbidden`; `not-found`. */
export async function removeSubscription(context: Context, reader: Reader, path: SubscriptionPath): Promise<void> {
  await rewriteOne(context, reader, path, () => undefined);
}

/** `change` returns the entry that replaces the subscription. If it returns undefined, the subscription is deleted. */
async function rewriteOne(
  context: Context,
  reader: Reader,
  path: SubscriptionPath,
  change: (row: SubscriptionRow) => NewSubscription | undefined,
): Promise<void> {
  const { id, project } = await getOwnedRow(context.db, reader, path);
  await rewriteSet(context, project, async (current) => {
    const row = current.rows.find((one) => one.id === id);
    if (row === undefined) throw new AppError("not-found", "Another owner has deleted this subscription.");
    const others = current.rows.filter((one) => one.id !== id).map((one) => one.id);
    const entry = change(row);
    return planReplacement(context, reader, project, current, entry === undefined ? [] : [entry], others);
  });
}
