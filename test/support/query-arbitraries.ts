import * as fc from "fast-check";
import { aName, aPlace, aSentEvent, someGroups } from "./arbitraries.ts";
import { isVisible, lies, pathOf, type Place, type RecordedEvent } from "./model.ts";
import { withQuery } from "./service.ts";

/** What one reader asks for: all there is, or what lies before or after an ID. */
export interface Wish {
  groups: string[];
  place: Place;
  size: number;
  before?: string;
  after?: string;
}

/** A wish whose cursor is not known before there are IDs: `pick` is one of them, or lies outside of them all. */
export type OpenWish = Omit<Wish, "before" | "after"> & { pick?: number };

/** What producers send, request by request, and what readers ask for, all about the same few names. */
export function aWorld() {
  return fc.uniqueArray(aName(), { minLength: 2, maxLength: 3 }).chain((names) =>
    fc.record({
      requests: fc.array(fc.array(aSentEvent(names), { minLength: 1, maxLength: 8 }), { maxLength: 5 }),
      wishes: fc.array(anOpenWish(names), { minLength: 6, maxLength: 6 }),
      later: aSentEvent(names),
    }),
  );
}

function anOpenWish(names: string[]): fc.Arbitrary<OpenWish> {
  const fields = { groups: someGroups(), place: aPlace(names), size: fc.integer({ min: 1, max: 6 }), pick: fc.nat(40) };
  return fc.record(fields, { requiredKeys: ["groups", "place", "size"] });
}

/** The wish for what is newest, or is older than an ID. */
export function goingBack({ pick, ...wish }: OpenWish, history: RecordedEvent[]): Wish {
  return pick === undefined ? wish : { ...wish, before: anId(pick, history) };
}

/** The wish for what is newer than an ID. */
export function goingOn({ pick = 0, ...wish }: OpenWish, history: RecordedEvent[]): Wish {
  return { ...wish, after: anId(pick, history) };
}

function anId(pick: number, history: RecordedEvent[]): string {
  const ids = history.map(({ id }) => id);
  const candidates = ["0", ...ids, Math.max(0, ...ids) + 1, "9007199254740993", "9999999999999999999"];
  return `${candidates[pick % candidates.length]}`;
}

export function urlOf({ place, size, before, after }: Wish): string {
  return withQuery(pathOf(place), { page_size: size, page_from: before, page_after: after });
}

/** The pages that the wish and the links after it come to, as names of events: the whole truth, by brute force. */
export function expectedPages({ groups, place, size, before, after }: Wish, history: RecordedEvent[]): string[][] {
  const names = history
    .filter((event) => isVisible(event, groups) && lies(event, place))
    .filter(({ id }) => before === undefined || BigInt(id) < BigInt(before))
    .filter(({ id }) => after === undefined || BigInt(id) > BigInt(after))
    .map(({ username }) => username);
  return chunks(after === undefined ? names.toReversed() : names, size);
}

/** At least one, for a listing answers even where there is nothing. */
function chunks(names: string[], size: number): string[][] {
  const count = Math.max(1, Math.ceil(names.length / size));
  return Array.from({ length: count }, (_, index) => names.slice(index * size, (index + 1) * size));
}
