import type { FeedName } from "../../store/events/feeds.ts";
import type { Reader } from "./roles.ts";

/** Without `allowed_groups`, everyone may see the event. */
interface Restricted {
  allowed_groups?: string[] | undefined;
}

const EVERYONE: FeedName = ["everyone", ""];
const AUDITORS: FeedName = ["auditors", ""];

/** The feeds that an event is appended to, in each of its scopes. Every restricted event, even with no group, goes to the auditors' feed. */
export function feedsOfEvent({ allowed_groups }: Restricted): FeedName[] {
  if (allowed_groups === undefined) return [EVERYONE];
  return [AUDITORS, ...[...new Set(allowed_groups)].map(groupFeed)];
}

/** The feeds that together hold what a reader may see, in any scope. */
export function feedsOfReader(reader: Reader): FeedName[] {
  return reader.isAuditor ? [EVERYONE, AUDITORS] : [EVERYONE, ...reader.groups.map(groupFeed)];
}

/** The same rule for one event. */
export function maySee(reader: Reader, { allowed_groups }: Restricted): boolean {
  return (
    allowed_groups === undefined || reader.isAuditor || allowed_groups.some((group) => reader.groups.includes(group))
  );
}

/** The feeds that together hold what a subscription may receive. */
export function feedsOfSubscription(subscription: { allowed_groups: readonly string[] }): FeedName[] {
  return [EVERYONE, ...subscription.allowed_groups.map(groupFeed)];
}

function groupFeed(name: string): FeedName {
  return ["group", name];
}
