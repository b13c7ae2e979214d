import type { FeedName } from "../../store/events/feed-range.ts";
import type { Reader } from "./roles.ts";

/** Without `allowed_groups`, everyone may see the event. */
interface Restricted {
  allowed_groups?: string[] | undefined;
}

const EVERYONE: FeedName = ["everyone", ""];
const AUDITORS: FeedName = ["auditors", ""];

/**
 * The feeds that get an event, in each of its scopes. The auditors' feed gets every event with `allowed_groups`, even
 * an empty list.
 */
export function eventFeeds({ allowed_groups }: Restricted): FeedName[] {
  if (allowed_groups === undefined) return [EVERYONE];
  return [AUDITORS, ...[...new Set(allowed_groups)].map(groupFeed)];
}

/** The feeds that together contain all events that a reader may see. */
export function readerFeeds(reader: Reader): FeedName[] {
  return reader.isAuditor ? [EVERYONE, AUDITORS] : [EVERYONE, ...reader.groups.map(groupFeed)];
}

/** Checks one event by the same rule as `readerFeeds`. */
export function maySee(reader: Reader, { allowed_groups }: Restricted): boolean {
  return (
    allowed_groups === undefined || reader.isAuditor || allowed_groups.some((group) => reader.groups.includes(group))
  );
}

/** The feeds that together contain all events that a subscription may receive. */
export function subscriptionFeeds(subscription: { allowed_groups: readonly string[] }): FeedName[] {
  return [EVERYONE, ...subscription.allowed_groups.map(groupFeed)];
}

function groupFeed(name: string): FeedName {
  return ["group", name];
}
