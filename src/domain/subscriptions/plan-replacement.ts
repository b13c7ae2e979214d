import { destinationFault } from "../../channels/destination.ts";
import { newSigningSecret } from "../../channels/signature.ts";
import type { Context } from "../../context.ts";
import { invalidRequest, type Fault } from "../../errors.ts";
import type { NewSubscription } from "../../schemas/subscription.ts";
import type { SetReplacement } from "../../store/subscriptions/replace-subscriptions.ts";
import type { SubscriptionSet } from "../../store/subscriptions/subscription-rows.ts";
import type { Reader } from "../access/roles.ts";
import { pairEntries, type Pair } from "./pair-entries.ts";
import { effectiveGroups, groupFaults, requireOwnGroups, sizeFaults } from "./subscription-groups.ts";
import { settingsText } from "./subscription-settings.ts";

const DISABLED_BY_OWNER = "disabled by an owner";

/**
 * Plans what happens to each subscription when `entries` replace the `current` set. The subscriptions with the IDs in
 * `untouched` stay as they are.
 * @throws AppError `invalid-request` for an entry that does not fit the current set or the destination rules;
 * `forbidden` for an added group that the reader is not in, and for a new URL if the reader is not in every group of
 * the entry.
 */
export function planReplacement(
  context: Context,
  reader: Reader,
  project: string,
  current: SubscriptionSet,
  entries: NewSubscription[],
  untouched: number[] = [],
): SetReplacement {
  const stays = new Set(untouched);
  const pairs = pairEntries(
    current.rows.filter(({ id }) => !stays.has(id)),
    entries,
  );
  const faults = setFaults(pairs, reader, context.config.allowLocalDestinations);
  if (faults.length > 0) throw invalidRequest(faults);
  for (const pair of pairs) requireOwnGroups(reader, pair);
  const untouchedRows = current.rows.filter(({ id }) => stays.has(id));
  const tooLarge = sizeFaults([
    ...untouchedRows.map((row) => row.allowed_groups),
    ...pairs.map((pair) => effectiveGroups(pair, reader)),
  ]);
  if (tooLarge.length > 0) throw invalidRequest(tooLarge);

  const now = context.now();
  const kept = pairs.flatMap((pair) =>
    pair.row === undefined ? [] : [{ id: pair.row.id, ...toColumns(pair, reader, now) }],
  );
  return {
    project,
    fromVersion: current.version,
    writeToken: context.uuid(),
    kept,
    untouched,
    added: pairs
      .filter(({ row }) => row === undefined)
      .map((pair) => ({
        ...toColumns(pair, reader, now),
        type: pair.entry.type,
        signing_secret: newSigningSecret(context.randomBytes),
        created_at: now,
      })),
    now,
  };
}

/**
 * True if a replacement leaves the set as it is. A kept subscription with an open breaker counts as changed, because an
 * owner who sends it as enabled closes the breaker.
 */
export function changesNothing({ kept, untouched, added }: SetReplacement, { rows }: SubscriptionSet): boolean {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const isUnchanged = (one: SetReplacement["kept"][0]) => {
    const row = byId.get(one.id);
    return row !== undefined && row.probe_delivery_id === null && settingsText(row) === settingsText(one);
  };
  return added.length === 0 && kept.length + untouched.length === rows.length && kept.every(isUnchanged);
}

function setFaults(pairs: Pair[], reader: Reader, allowLocal: boolean): Fault[] {
  return pairs.flatMap((pair, index) =>
    [...entryFaults(pair, allowLocal), ...groupFaults(pair, reader)].map(({ path, message }) => ({
      path: `${index}.${path}`,
      message,
    })),
  );
}

function entryFaults({ entry, row }: Pair, allowLocal: boolean): Fault[] {
  const faults: Fault[] = [];
  if (entry.id !== undefined && row === undefined) {
    faults.push({
      path: "id",
      message: "is not the ID of a subscription of this project: leave it out to create a new one",
    });
  }
  if (row !== undefined && row.type !== entry.type) {
    faults.push({ path: "type", message: `cannot be changed from ${row.type}: create a new subscription` });
  }
  // The destination rules may have changed since the URL was stored. The entry may then be sent back or disabled, but
  // not enabled again.
  const isEnabledAgain = row !== undefined && !row.enabled && entry.enabled;
  const isKnown = row?.url === entry.url && !isEnabledAgain;
  const fault = isKnown ? undefined : destinationFault(entry, allowLocal);
  if (fault !== undefined) faults.push({ path: "url", message: fault });
  return faults;
}

/** The columns that an owner's entry sets. */
function toColumns(pair: Pair, reader: Reader, now: number) {
  const { entry, row } = pair;
  const wasDisabled = row !== undefined && !row.enabled;
  return {
    url: entry.url,
    slack_username: entry.slack_username ?? null,
    slack_icon: entry.slack_icon ?? null,
    event_types: entry.event_types ?? null,
    allowed_groups: effectiveGroups(pair, reader),
    enabled: entry.enabled,
    disabled_reason: entry.enabled ? null : wasDisabled ? row.disabled_reason : DISABLED_BY_OWNER,
    disabled_at: entry.enabled ? null : wasDisabled ? row.disabled_at : now,
  };
}
