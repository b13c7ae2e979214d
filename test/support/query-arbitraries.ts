import * as fc from "fast-check";
import { aName, aPlace, aSentEvent, someGroups } from "./arbitraries.ts";
import { isVisible, isBelow, pathOf, type Place, type RecordedEvent } from "./model.ts";
import { withQuery } from "./service.ts";

/** A reader's query for a listing: all events, the events before an ID, or the events after an ID. */
export interface ListingQuery {
  groups: string[];
  place: Place;
  size: number;
  before?: string;
  after?: string;
}

/** A query whose cursor is chosen when there are IDs. `pick` selects one of them, or an ID outside their range. */
export type OpenQuery = Omit<ListingQuery, "before" | "after"> & { pick?: number };

/** Requests of producers and queries of readers. All use the same few names. */
export function aListingCase() {
  return fc.uniqueArray(aName(), { minLength: 2, maxLength: 3 }).chain((names) =>
    fc.record({
      requests: fc.array(fc.array(aSentEvent(names), { minLength: 1, maxLength: 8 }), { maxLength: 5 }),
      queries: fc.array(anOpenQuery(names), { minLength: 6, maxLength: 6 }),
      later: aSentEvent(names),
    }),
  );
}

function anOpenQuery(names: string[]): fc.Arbitrary<OpenQuery> {
  const fields = { groups: someGroups(), place: aPlace(names), size: fc.integer({ min: 1, max: 6 }), pick: fc.nat(40) };
  return fc.record(fields, { requiredKeys: ["groups", "place", "size"] });
}

/** Asks for the newest events, or for those older than an ID. */
export function pagingBack({ pick, ...query }: OpenQuery, history: RecordedEvent[]): ListingQuery {
  return pick === undefined ? query : { ...query, before: anId(pick, history) };
}

/** Asks for the events newer than an ID. */
export function pagingForward({ pick = 0, ...query }: OpenQuery, history: RecordedEvent[]): ListingQuery {
  return { ...query, after: anId(pick, history) };
}

function anId(pick: number, history: RecordedEvent[]): string {
  const ids = history.map(({ id }) => id);
  const candidates = ["0", ...ids, Math.max(0, ...ids) + 1, "9007199254740993", "9999999999999999999"];
  return `${candidates[pick % candidates.length]}`;
}

export function urlOf({ place, size, before, after }: ListingQuery): string {
  return withQuery(pathOf(place), { page_size: size, page_from: before, page_after: after });
}

/** The usernames on the pages of the query and of the links after it, by brute force. */
export function expectedPages(
  { groups, place, size, before, after }: ListingQuery,
  history: RecordedEvent[],
): string[][] {
  const names = history
    .filter((event) => isVisible(event, groups) && isBelow(event, place))
    .filter(({ id }) => before === undefined || BigInt(id) < BigInt(before))
    .filter(({ id }) => after === undefined || BigInt(id) > BigInt(after))
    .map(({ username }) => username);
  return chunks(after === undefined ? names.toReversed() : names, size);
}

/** Returns at least one chunk, because a listing without events also has a page. */
function chunks(names: string[], size: number): string[][] {
  const count = Math.max(1, Math.ceil(names.length / size));
  return Array.from({ length: count }, (_, index) => names.slice(index * size, (index + 1) * size));
}
