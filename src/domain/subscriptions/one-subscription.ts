import { requireOwner } from "../access/roles.ts";
import type { Context } from "../../context.ts";
import { sha256 } from "../../lib/crypto.ts";
import { AppError } from "../../errors.ts";
import { MAX_SUBSCRIPTIONS, type NewSubscription } from "../../schemas/subscription.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import type { Reader } from "../access/reader.ts";
import { planReplacement } from "./plan-replacement.ts";
import { rewriteSet } from "./rewrite-set.ts";
import { getSubscription } from "./subscription-set.ts";

/** Where a subscription is. */
export interface SubscriptionPath {
  project: string;
  id: string;
}

/**
 * Adds one to a project's set; answers its ID. Where just such a one is there, it is that one's: who sends a form twice,
 * or cannot know whether it arrived, would be told of everything twice.
 * @throws AppError as `planReplacement` does; `forbidden` for who is no owner; `conflict` where the set is full.
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
    twin = current.rows.find((row) => decided(entryOf(row)) === decided(entry));
    if (twin !== undefined) return undefined;
    if (current.rows.length >= MAX_SUBSCRIPTIONS) {
      throw new AppError(
        "conflict",
        `A project has at most ${MAX_SUBSCRIPTIONS} subscriptions: delete one, or let one tell more.`,
      );
    }
    before = new Set(current.rows.map(({ id }) => id));
    return planReplacement(context, reader, project, current, [entry], [...before]);
  });
  // Whoever added after us got a later ID. Where somebody deleted it at once, nothing is the answer.
  const added = twin ?? rows.find(({ id }) => !before.has(id));
  if (added === undefined) throw new AppError("not-found", "It was added, and deleted by somebody else at once.");
  return `${added.id}`;
}

/**
 * Changes one and leaves the others as they are, also where somebody else changes those at the same moment. `tag` is
 * its `tagOf` as the owner saw it.
 * @throws AppError as `planReplacement` does; `forbidden`; `not-found`; `precondition-failed` where it has changed since.
 */
export async function changeSubscription(
  context: Context,
  reader: Reader,
  path: SubscriptionPath,
  entry: NewSubscription,
  tag: string,
): Promise<void> {
  await rewriteOne(context, reader, path, async (row) => {
    if ((await tagOf(row)) !== tag) {
      throw new AppError("precondition-failed", "Somebody else changed this subscription meanwhile.");
    }
    return { ...entry, id: path.id };
  });
}

/**
 * Enables or disables one.
 * @throws AppError as `planReplacement` does; `forbidden`; `not-found`.
 */
export async function enableSubscription(
  context: Context,
  reader: Reader,
  path: SubscriptionPath,
  enabled: boolean,
): Promise<void> {
  await rewriteOne(context, reader, path, (row) => ({ ...entryOf(row), enabled }));
}

/** @throws AppError `forbidden`; `not-found`. */
export async function removeSubscription(context: Context, reader: Reader, path: SubscriptionPath): Promise<void> {
  await rewriteOne(context, reader, path, () => undefined);
}

/** A fingerprint of all that owners decide about a subscription: it is another one once any of that has changed. */
export async function tagOf(row: SubscriptionRow): Promise<string> {
  return (await sha256(JSON.stringify(Object.values(entryOf(row))))).slice(0, 22);
}

/** `change` answers the entry to put in its place; undefined deletes it. */
async function rewriteOne(
  context: Context,
  reader: Reader,
  path: SubscriptionPath,
  change: (row: SubscriptionRow) => NewSubscription | undefined | Promise<NewSubscription | undefined>,
): Promise<void> {
  const { id, project } = await getSubscription(context.db, reader, path);
  await rewriteSet(context, project, async (current) => {
    const row = current.rows.find((one) => one.id === id);
    if (row === undefined) throw new AppError("not-found", "Somebody else deleted this subscription meanwhile.");
    const others = current.rows.filter((one) => one.id !== id).map((one) => one.id);
    const entry = await change(row);
    return planReplacement(context, reader, project, current, entry === undefined ? [] : [entry], others);
  });
}

/** What an owner would send to leave it as it is. */
function entryOf(row: SubscriptionRow): NewSubscription {
  return {
    id: `${row.id}`,
    type: row.type,
    url: row.url,
    slack_username: row.slack_username ?? undefined,
    slack_icon: row.slack_icon ?? undefined,
    event_types: row.event_types ?? undefined,
    allowed_groups: row.allowed_groups,
    enabled: row.enabled,
  };
}

/** What is decided by it, as a text to compare. */
function decided({ type, url, slack_username, slack_icon, event_types, allowed_groups, enabled }: NewSubscription) {
  return JSON.stringify([type, url, slack_username, slack_icon, event_types, allowed_groups, enabled]);
}
