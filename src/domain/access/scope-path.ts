import { LEVELS_BY_TREE, type LevelName, type Tree } from "../../schemas/scope.ts";

/** What a listing covers: all events, or those under a path of names in one of the two trees. */
export type Scope = readonly ["everything"] | readonly [Tree, ...names: string[]];

type Names = { readonly [Name in LevelName]?: string | undefined };

/**
 * The Inventory tree comes first, because its filters win over those of the State tree. EscapeKit Event Service, "Query
 * events".
 */
const TREES: readonly Tree[] = ["inventory", "state"];

/**
 * The scope in the column `scope` of `feeds`. `%` and `/` are escaped, so a project named `P/A` is not an application.
 */
export function scopePath(scope: Scope): string {
  return scope.map((segment) => segment.replace(/[%/]/g, encodeURIComponent)).join("/");
}

/** Every scope that contains an event with these names. */
export function eventScopes(event: Names): Scope[] {
  const scopes: Scope[] = [["everything"]];
  for (const tree of TREES) {
    const names = leadingNames(event, tree);
    if (names.length === 0) continue;
    for (let depth = 0; depth <= names.length; depth++) scopes.push([tree, ...names.slice(0, depth)]);
  }
  return scopes;
}

/**
 * The scope that filters select. A name without all the names above it is ignored. If no name is left, the scope is
 * everything.
 */
export function filteredScope(filters: Names): Scope {
  for (const tree of TREES) {
    const names = leadingNames(filters, tree);
    if (names.length > 0) return [tree, ...names];
  }
  return ["everything"];
}

/** The names from the top of the tree, up to the first missing one, which is not included. */
function leadingNames(named: Names, tree: Tree): string[] {
  const names: string[] = [];
  for (const level of LEVELS_BY_TREE[tree]) {
    const name = named[level.name];
    if (name === undefined) break;
    names.push(name);
  }
  return names;
}
