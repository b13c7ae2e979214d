import type { FeedName } from "../store/feeds.ts";
import type { Reader } from "./reader.ts";

const EVERYONE: FeedName = ["everyone", ""];
const AUDITORS: FeedName = ["auditors", ""];

/** The feeds an event goes into, in each of its scopes. Restricted events go to the auditors', even those for nobody. */
export function audienceOf({ allowed_groups }: { allowed_groups?: string[] | undefined }): FeedName[] {
  if (allowed_groups === undefined) return [EVERYONE];
  return [AUDITORS, ...[...new Set(allowed_groups)].map(groupFeed)];
}

/** The feeds that together are what a reader may see, in any scope. */
export function feedsOf(reader: Reader): FeedName[] {
  return reader.isAuditor ? [EVERYONE, AUDITORS] : [EVERYONE, ...reader.groups.map(groupFeed)];
}

/** The same rule, asked of one event. */
export function maySee(reader: Reader, { allowed_groups }: { allowed_groups?: string[] | undefined }): boolean {
  return (
    allowed_groups === undefined || reader.isAuditor || allowed_groups.some((group) => reader.groups.includes(group))
  );
}

function groupFeed(name: string): FeedName {
  return ["group", name];
}
