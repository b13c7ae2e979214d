import fc from "fast-check";
import { aName, aPlace, aSentEvent, someGroups } from "./arbitraries.ts";
import { isVisible, lies, pathOf, type Place, type RecordedEvent } from "./model.ts";
import { withQuery } from "./service.ts";

/** What one reader asks for. A cursor picks an ID of the history, or lies outside of it. */
export interface Wish {
  groups: string[];
  place: Place;
  size: number;
  cursor?: { kind: CursorKind; pick: number };
}
type CursorKind = "page_from" | "page_after";

/** What producers send, request by request, and what readers ask for, all about the same few names. */
export function aWorld() {
  return fc.uniqueArray(aName(), { minLength: 2, maxLength: 3 }).chain((names) =>
    fc.record({
      requests: fc.array(fc.array(aSentEvent(names), { minLength: 1, maxLength: 8 }), { maxLength: 5 }),
      wishes: fc.array(aWish(names), { minLength: 6, maxLength: 6 }),
      later: aSentEvent(names),
    }),
  );
}

function aWish(names: string[]): fc.Arbitrary<Wish> {
  const kind = fc.constantFrom<CursorKind[]>("page_from", "page_after");
  return fc.record(
    {
      groups: someGroups(),
      place: aPlace(names),
      size: fc.integer({ min: 1, max: 6 }),
      cursor: fc.record({ kind, pick: fc.nat(40) }),
    },
    { requiredKeys: ["groups", "place", "size"] },
  );
}

/** The same wish, newest first or oldest first. */
export function towards(kind: CursorKind, wish: Wish): Wish {
  if (kind === "page_from" && wish.cursor === undefined) return wish;
  return { ...wish, cursor: { kind, pick: wish.cursor?.pick ?? 0 } };
}

export function urlOf(wish: Wish, history: RecordedEvent[]): string {
  const cursor = wish.cursor && { [wish.cursor.kind]: cursorOf(wish, history) };
  return withQuery(pathOf(wish.place), { page_size: wish.size, ...cursor });
}

/** An ID of the history, or one below, just above or far beyond all of them. */
export function cursorOf({ cursor }: Wish, history: RecordedEvent[]): string {
  const ids = history.map(({ id }) => id);
  const newest = Math.max(0, ...ids);
  const candidates = ["0", ...ids, newest + 1, "9007199254740993", "9999999999999999999"];
  return `${candidates[(cursor?.pick ?? 0) % candidates.length]}`;
}

/** The pages that the wish and the links after it come to, as names of events: the whole truth, by brute force. */
export function expectedPages(wish: Wish, history: RecordedEvent[]): string[][] {
  const bound = BigInt(cursorOf(wish, history));
  const isAfter = wish.cursor?.kind === "page_after";
  const names = history
    .filter((event) => isVisible(event, wish.groups) && lies(event, wish.place))
    .filter(({ id }) => wish.cursor === undefined || (isAfter ? BigInt(id) > bound : BigInt(id) < bound))
    .map(({ username }) => username);
  return chunks(isAfter ? names : names.toReversed(), wish.size);
}

/** At least one, for a listing answers even where there is nothing. */
function chunks(names: string[], size: number): string[][] {
  const count = Math.max(1, Math.ceil(names.length / size));
  return Array.from({ length: count }, (_, index) => names.slice(index * size, (index + 1) * size));
}
