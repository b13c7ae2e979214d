import type { FeedName } from "../../store/events/feeds.ts";
import type { Reader } from "./reader.ts";

/** Left out: for everyone. */
interface Restricted {
  allowed_groups?: string[] | undefined;
}

const EVERYONE: FeedName = ["everyone", ""];
const AUDITORS: FeedName = ["auditors", ""];

/** The feeds an event goes into, in each of its scopes. Restricted events go to the auditors', even those for nobody. */
export function feedsOfEvent({ allowed_groups }: Restricted): FeedName[] {
  if (allowed_groups === undefined) return [EVERYONE];
  return [AUDITORS, ...[...new Set(allowed_groups)].map(groupFeed)];
}

/** The feeds that together are what a reader may see, in any scope. */
export function feedsOfReader(reader: Reader): FeedName[] {
  return reader.isAuditor ? [EVERYONE, AUDITORS] : [EVERYONE, ...reader.groups.map(groupFeed)];
}

/** The same rule, asked of one event. */
export function maySee(reader: Reader, { allowed_groups }: Restricted): boolean {
  return (
    allowed_groups === undefined || reader.isAuditor || allowed_groups.some((group) => reader.groups.includes(group))
  );
}

/** The feeds that together hold what a subscription may be told of. */
export function feedsOfSubscription(subscription: { allowed_groups: readonly string[] }): FeedName[] {
  return [EVERYONE, ...subscription.allowed_groups.map(groupFeed)];
}

function groupFeed(name: string): FeedName {
  return ["group", name];
}
