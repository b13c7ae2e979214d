import * as fc from "fast-check";
import type { SentEvent } from "./factories.ts";
import { AUDITOR_GROUP, LEVELS, type Place, type Tree } from "./model.ts";

/** Names with characters that are special in URLs, SQL, JSON or feeds. As names, they must have no special meaning. */
export const HOSTILE_NAMES = [
  `/ // % %2F %2f %252F %00 ? # & + ; = : @ , * $ $[1] $.name _ ..a a.. ... ' " \` \\ \\" -- '); "," x, ,y`.split(" "),
  `inventory state project everything deployment query subscriptions null undefined 0`.split(" "),
  `everyone auditors group group/shop everyone/ ["everyone",""] ","everyone"," "],["auditors","" __proto__`.split(" "),
  ["shop", "Shop", "shop/", "/shop", "shop/web", "shop%2Fweb", "shop web", "shop ", " shop", "web", "' OR 1=1 --"],
  ["\0", "a\0b", "a\0c", "\n", "a\r\nb", "\t", "\u007F", "\u200B", "\uFEFF", "\u2028"],
  ["é", "e\u0301", "ß", "ss", "İ", "🛍️", "🛍", "\u202Eshop", "مرحبا"],
].flat();

const ANY_TEXT = { unit: "binary", minLength: 1, maxLength: 10 } as const;
const OF_ESCAPES = {
  unit: fc.constantFrom(...'/ % 2 5 F . * $ " [ ] , \\ \0 \n a'.split(" ")),
  minLength: 1,
  maxLength: 8,
};

/** Any name that an event may have. */
export function aName(): fc.Arbitrary<string> {
  return fc
    .oneof({ weight: 3, arbitrary: fc.constantFrom(...HOSTILE_NAMES) }, fc.string(ANY_TEXT), fc.string(OF_ESCAPES))
    .filter((name) => name !== "." && name !== "..");
}

const GROUPS = [AUDITOR_GROUP, "everyone", "auditors", "group", "payments", "Payments", "платежи 💶"];

/** A few groups out of a small set, so that readers and events often share one. */
export function someGroups(): fc.Arbitrary<string[]> {
  return fc.subarray(GROUPS, { maxLength: 4 });
}

export function aSentEvent(names: string[]): fc.Arbitrary<SentEvent> {
  return fc
    .record({ inventory: aPath(names), project: aPath(names), groups: fc.option(someGroups(), { nil: undefined }) })
    .map(({ groups, ...paths }) => ({
      type: "USER_SIGNUP",
      ...namesAlong("inventory", paths.inventory),
      ...namesAlong("project", paths.project),
      ...(groups && { allowed_groups: groups }),
    }));
}

/** One of the nine listings. Each place has filters, although a listing by path ignores them. */
export function aPlace(names: string[]): fc.Arbitrary<Place> {
  const filter = fc.constantFrom("", ...names);
  const filters = Object.fromEntries(Object.values(LEVELS).flatMap((level) => level.map((name) => [name, filter])));
  return fc.record({
    tree: fc.constantFrom<(Tree | undefined)[]>(undefined, "inventory", "project"),
    names: aPath(names),
    filters: fc.record(filters, { requiredKeys: [] }),
  });
}

/** A path of up to three names, from the top down. */
function aPath(names: string[]): fc.Arbitrary<string[]> {
  return fc.array(fc.constantFrom(...names), { maxLength: 3 });
}

function namesAlong(tree: Tree, path: string[]): Partial<SentEvent> {
  return Object.fromEntries(path.map((name, depth) => [LEVELS[tree][depth], name]));
}
