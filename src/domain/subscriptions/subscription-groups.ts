import { AppError, type Fault } from "../../errors.ts";
import { MAX_SUBSCRIPTION_GROUPS } from "../../schemas/subscription.ts";
import { GroupName } from "../../schemas/text.ts";
import { formatGroupNames, type Reader } from "../access/roles.ts";
import type { Pair } from "./pair-entries.ts";

/**
 * Limits the groups of a set. A client may send back the set that it was served, so that set must fit in the largest
 * body.
 */
const MAX_GROUP_BYTES = 3 * 1024 * 1024;

/** The reader's groups without those whose names are too long for an event or a subscription. */
export function storableGroups({ groups }: Pick<Reader, "groups">): string[] {
  return groups.filter((group) => GroupName.safeParse(group).success);
}

/**
 * The groups that an owner can choose for a subscription: the groups that it has (`current`), and the owner's own
 * groups. `leftOut` is the number of the owner's groups that cannot be stored.
 */
export function groupChoice(
  reader: Reader,
  current: readonly string[] = [],
): { groups: readonly string[]; leftOut: number } {
  const own = storableGroups(reader);
  return { groups: [...new Set([...current, ...own])], leftOut: reader.groups.length - own.length };
}

/**
 * The groups that an entry gives a subscription: those in the entry, else the stored ones, else all groups of its
 * creator.
 */
export function effectiveGroups({ entry, row }: Pair, reader: Reader): string[] {
  return entry.allowed_groups ?? row?.allowed_groups ?? storableGroups(reader);
}

/** Only the groups of a token can be too many, because the schema limits the groups that an entry lists. */
export function groupFaults(pair: Pair, reader: Reader): Fault[] {
  const { length } = effectiveGroups(pair, reader);
  if (length <= MAX_SUBSCRIPTION_GROUPS) return [];
  const message = `must list at most ${MAX_SUBSCRIPTION_GROUPS} of your groups: if it is left out, all ${length} are used`;
  return [{ path: "allowed_groups", message }];
}

/**
 * A subscription sends what its groups may see. A new URL would receive all of that, so only an owner in all of these
 * groups may change the URL.
 */
export function requireOwnGroups(reader: Reader, pair: Pair): void {
  const { entry, row } = pair;
  const own = new Set(reader.groups);
  const there = new Set(row?.allowed_groups);
  const foreign = effectiveGroups(pair, reader).filter((group) => !own.has(group));
  const added = foreign.filter((group) => !there.has(group));
  if (added.length > 0) {
    throw new AppError(
      "forbidden",
      `You can add only groups that you are in. You are not in ${formatGroupNames(added)}.`,
    );
  }
  if (foreign.length > 0 && entry.url !== row?.url) {
    throw new AppError(
      "forbidden",
      `To change the URL, you must be in every group that the subscription keeps. You are not in ${formatGroupNames(foreign)}: ` +
        "keep the URL, or remove these groups.",
    );
  }
}

/** Limits the size of all groups in a set. */
export function sizeFaults(lists: readonly string[][]): Fault[] {
  const bytes = lists.reduce((sum, groups) => sum + servedBytes(groups), 0);
  if (bytes <= MAX_GROUP_BYTES) return [];
  const message = `The groups of a project's subscriptions may have at most ${MAX_GROUP_BYTES} bytes as JSON. These have ${bytes}: list fewer groups.`;
  return [{ path: "", message }];
}

/** The size as JSON. `writeJson` escapes these characters, which then take 6 bytes instead of 2 or 3. */
function servedBytes(groups: readonly string[]): number {
  const json = JSON.stringify(groups);
  return new TextEncoder().encode(json).byteLength + 4 * (json.match(/[\u0085\u2028\u2029]/g)?.length ?? 0);
}
