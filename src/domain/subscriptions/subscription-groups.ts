import { AppError, type Fault } from "../../errors.ts";
import { MAX_SUBSCRIPTION_GROUPS } from "../../schemas/subscription.ts";
import { GroupName } from "../../schemas/text.ts";
import type { SubscriptionRow } from "../../store/subscriptions/subscription-rows.ts";
import type { Reader } from "../access/reader.ts";
import type { Pair } from "./pair-entries.ts";

/** A set is sent back as it was served, so its groups leave room for all else in the largest body. */
const MAX_GROUP_BYTES = 3 * 1024 * 1024;
const MOST_NAMED = 10;

/** The reader's groups that a subscription can have: no event can have the others, whose names are too long. */
export function storableGroups({ groups }: Pick<Reader, "groups">): string[] {
  return groups.filter((group) => GroupName.safeParse(group).success);
}

/** The groups that an owner may choose for a subscription: their own, and those that it has already. */
export function choosableGroups(reader: Reader, row?: SubscriptionRow): string[] {
  return [...new Set([...(row?.allowed_groups ?? []), ...storableGroups(reader)])];
}

/** Left-out groups are those of the owner who creates it, and stay so: an access rule is never guessed. */
export function groupsOf({ entry, row }: Pair, reader: Reader): string[] {
  return entry.allowed_groups ?? row?.allowed_groups ?? storableGroups(reader);
}

/** Only the groups of a token can be too many: the schema has counted the others. */
export function groupFaults(pair: Pair, reader: Reader): Fault[] {
  const { length } = groupsOf(pair, reader);
  if (length <= MAX_SUBSCRIPTION_GROUPS) return [];
  const message = `must name at most ${MAX_SUBSCRIPTION_GROUPS} of your groups: left out, it stands for all ${length}`;
  return [{ path: "allowed_groups", message }];
}

/** A subscription sends what its groups may see: to a new URL only by who may see it too. */
export function requireOwnGroups(reader: Reader, pair: Pair): void {
  const { entry, row } = pair;
  const own = new Set(reader.groups);
  const there = new Set(row?.allowed_groups);
  const foreign = groupsOf(pair, reader).filter((group) => !own.has(group));
  const added = foreign.filter((group) => !there.has(group));
  if (added.length > 0) {
    throw new AppError("forbidden", `You may add only groups that you are in yourself, not ${listOf(added)}.`);
  }
  if (foreign.length > 0 && entry.url !== row?.url) {
    throw new AppError(
      "forbidden",
      `To change the URL you must be in every group that the subscription keeps. You are not in ${listOf(foreign)}: ` +
        "leave the URL as it is, or leave these groups out.",
    );
  }
}

/** What all subscriptions of a set take up is bounded in bytes too. */
export function sizeFaults(lists: readonly string[][]): Fault[] {
  const bytes = lists.reduce((sum, groups) => sum + servedBytes(groups), 0);
  if (bytes <= MAX_GROUP_BYTES) return [];
  const message = `The groups of a project's subscriptions take up at most ${MAX_GROUP_BYTES} bytes as JSON, these ${bytes}: name fewer.`;
  return [{ path: "", message }];
}

/** Some line separators are served as escapes. */
function servedBytes(groups: readonly string[]): number {
  const json = JSON.stringify(groups);
  return new TextEncoder().encode(json).byteLength + 4 * (json.match(/[\u0085\u2028\u2029]/g)?.length ?? 0);
}

function listOf(groups: readonly string[]): string {
  const others = groups.length - MOST_NAMED;
  return `${groups.slice(0, MOST_NAMED).join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}
