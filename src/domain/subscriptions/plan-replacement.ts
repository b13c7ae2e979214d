import { destinationFault } from "../../channels/destination.ts";
import { newSigningSecret } from "../../channels/signature.ts";
import type { Context } from "../../context.ts";
import { AppError, invalidRequest, type Fault } from "../../errors.ts";
import type { NewSubscription } from "../../schemas/subscription.ts";
import { GroupName } from "../../schemas/text.ts";
import type { SetReplacement } from "../../store/subscriptions/replace-subscriptions.ts";
import type { SubscriptionRow, SubscriptionSet } from "../../store/subscriptions/subscriptions.ts";
import type { Reader } from "../reader.ts";

const BY_AN_OWNER = "disabled by an owner";

type Planned = Pick<Context, "config" | "now" | "uuid" | "randomBytes">;

/**
 * Works out what becomes of each subscription when `entries` replace the `current` set, but for the `untouched`.
 * @throws AppError `invalid-request` for what does not fit the current set or the destination rules; `forbidden` for a
 * group that is neither the reader's own nor there already.
 */
export function planReplacement(
  context: Planned,
  reader: Reader,
  project: string,
  current: SubscriptionSet,
  entries: NewSubscription[],
  untouched: number[] = [],
): SetReplacement {
  const known = new Map(current.rows.map((row) => [`${row.id}`, row]));
  const pairs = entries.map((entry) => ({ entry, row: entry.id === undefined ? undefined : known.get(entry.id) }));
  const faults = faultsOf(pairs, context.config.allowLocalDestinations);
  if (faults.length > 0) throw invalidRequest(faults);
  for (const pair of pairs) requireOwnGroups(reader, pair);

  const now = context.now();
  const kept = pairs.flatMap(({ entry, row }) =>
    row === undefined ? [] : [{ id: row.id, ...stored(entry, row, reader, now) }],
  );
  return {
    project,
    fromVersion: current.version,
    writer: context.uuid(),
    kept,
    untouched,
    added: pairs
      .filter(({ row }) => row === undefined)
      .map(({ entry }) => ({
        ...stored(entry, undefined, reader, now),
        type: entry.type,
        signing_secret: newSigningSecret(context.randomBytes),
        created_at: now,
      })),
    now,
  };
}

/** An entry, and what is stored of it so far. */
interface Pair {
  entry: NewSubscription;
  row: SubscriptionRow | undefined;
}

function faultsOf(pairs: Pair[], allowLocal: boolean): Fault[] {
  return pairs.flatMap((pair, index) =>
    faultsOfOne(pair, allowLocal).map(({ path, message }) => ({ path: `${index}.${path}`, message })),
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
  // What was allowed once may be put to rest when it is not any more.
  const isPutToRest = row?.url === entry.url && !entry.enabled;
  const fault = isPutToRest ? undefined : destinationFault(entry, allowLocal);
  if (fault !== undefined) faults.push({ path: "url", message: fault });
  return faults;
}

/** The groups that an owner may let a subscription be told for: their own, and those there already. */
export function choosableGroups(reader: Reader, row?: SubscriptionRow): string[] {
  const own = reader.groups.filter((group) => GroupName.safeParse(group).success);
  return [...new Set([...(row?.allowed_groups ?? []), ...own])];
}

function requireOwnGroups(reader: Reader, { entry: { allowed_groups = [] }, row }: Pair): void {
  const choosable = new Set(choosableGroups(reader, row));
  const foreign = allowed_groups.filter((group) => !choosable.has(group));
  if (foreign.length > 0) {
    throw new AppError("forbidden", `You may add only groups that you are in yourself, not ${foreign.join(", ")}.`);
  }
}

/** The columns that an entry decides. Left-out groups are the creator's, and stay so: an access rule is never guessed. */
function stored(entry: NewSubscription, row: SubscriptionRow | undefined, reader: Reader, now: number) {
  const wasDisabled = row !== undefined && !row.enabled;
  return {
    url: entry.url,
    slack_username: entry.slack_username ?? null,
    slack_icon: entry.slack_icon ?? null,
    event_types: entry.event_types ?? null,
    allowed_groups: entry.allowed_groups ?? row?.allowed_groups ?? [...reader.groups],
    enabled: entry.enabled,
    disabled_reason: entry.enabled ? null : wasDisabled ? row.disabled_reason : BY_AN_OWNER,
    disabled_at: entry.enabled ? null : wasDisabled ? row.disabled_at : now,
  };
}
