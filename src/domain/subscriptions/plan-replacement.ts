import { destinationFault } from "../../channels/destination.ts";
import { newSigningSecret } from "../../channels/signature.ts";
import type { Context } from "../../context.ts";
import { invalidRequest, type Fault } from "../../errors.ts";
import type { NewSubscription } from "../../schemas/subscription.ts";
import type { SetReplacement } from "../../store/subscriptions/replace-subscriptions.ts";
import type { SubscriptionSet } from "../../store/subscriptions/subscription-rows.ts";
import type { Reader } from "../access/reader.ts";
import { pairEntries, type Pair } from "./pair-entries.ts";
import { groupFaults, groupsOf, requireOwnGroups, sizeFaults } from "./subscription-groups.ts";

const BY_AN_OWNER = "disabled by an owner";

type Planned = Pick<Context, "config" | "now" | "uuid" | "randomBytes">;

/**
 * Works out what becomes of each subscription when `entries` replace the `current` set, but for the `untouched`.
 * @throws AppError `invalid-request` for what does not fit the current set or the destination rules; `forbidden` for a
 * group that is neither the reader's own nor there already, and for a new URL with groups that are not the reader's own.
 */
export function planReplacement(
  context: Planned,
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
  const faults = faultsOf(pairs, reader, context.config.allowLocalDestinations);
  if (faults.length > 0) throw invalidRequest(faults);
  for (const pair of pairs) requireOwnGroups(reader, pair);
  const untouchedRows = current.rows.filter(({ id }) => stays.has(id));
  const tooLarge = sizeFaults([
    ...untouchedRows.map((row) => row.allowed_groups),
    ...pairs.map((pair) => groupsOf(pair, reader)),
  ]);
  if (tooLarge.length > 0) throw invalidRequest(tooLarge);

  const now = context.now();
  const kept = pairs.flatMap((pair) =>
    pair.row === undefined ? [] : [{ id: pair.row.id, ...stored(pair, reader, now) }],
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
        ...stored(pair, reader, now),
        type: pair.entry.type,
        signing_secret: newSigningSecret(context.randomBytes),
        created_at: now,
      })),
    now,
  };
}

function faultsOf(pairs: Pair[], reader: Reader, allowLocal: boolean): Fault[] {
  return pairs.flatMap((pair, index) =>
    [...faultsOfOne(pair, allowLocal), ...groupFaults(pair, reader)].map(({ path, message }) => ({
      path: `${index}.${path}`,
      message,
    })),
  );
}

function faultsOfOne({ entry, row }: Pair, allowLocal: boolean): Fault[] {
  const faults: Fault[] = [];
  if (entry.id !== undefined && row === undefined) {
    faults.push({ path: "id", message: "is not a subscription of this project: leave it out to create one" });
  }
  if (row !== undefined && row.type !== entry.type) {
    faults.push({ path: "type", message: `cannot change from ${row.type}: create a new subscription` });
  }
  // What was allowed once may be sent back, or disabled, when it is not allowed any more; only a revival needs a good URL.
  const isRevived = row !== undefined && !row.enabled && entry.enabled;
  const isKnown = row?.url === entry.url && !isRevived;
  const fault = isKnown ? undefined : destinationFault(entry, allowLocal);
  if (fault !== undefined) faults.push({ path: "url", message: fault });
  return faults;
}

/** The columns that an entry decides. */
function stored(pair: Pair, reader: Reader, now: number) {
  const { entry, row } = pair;
  const wasDisabled = row !== undefined && !row.enabled;
  return {
    url: entry.url,
    slack_username: entry.slack_username ?? null,
    slack_icon: entry.slack_icon ?? null,
    event_types: entry.event_types ?? null,
    allowed_groups: groupsOf(pair, reader),
    enabled: entry.enabled,
    disabled_reason: entry.enabled ? null : wasDisabled ? row.disabled_reason : BY_AN_OWNER,
    disabled_at: entry.enabled ? null : wasDisabled ? row.disabled_at : now,
  };
}
