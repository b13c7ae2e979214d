import { LEVELS_BY_TREE, type LevelName, type Tree } from "../../schemas/scope.ts";

/** A part of all events: everything, or a path of names under one of the two trees. */
export type Scope = readonly ["everything"] | readonly [Tree, ...names: string[]];

type Names = { readonly [Name in LevelName]?: string | undefined };

/** The inventory tree comes first: its filters win over those of the state tree. EscapeKit Event Service, "Query events". */
const TREES: readonly Tree[] = ["inventory", "state"];

/** The key that a scope's feeds are stored under. `%` and `/` are escaped, so a project named `P/A` is not an application. */
export function scopePath(scope: Scope): string {
  return scope.map((segment) => segment.replace(/[%/]/g, encodeURIComponent)).join("/");
}

/** Every scope that an event with these names lies in. */
export function scopesOf(event: Names): Scope[] {
  const scopes: Scope[] = [["everything"]];
  for (const tree of TREES) {
    const names = leadingNames(event, tree);
    if (names.length === 0) continue;
    for (let depth = 0; depth <= names.length; depth++) scopes.push([tree, ...names.slice(0, depth)]);
  }
  return scopes;
}

/** A name counts only together with its parents; without any that counts, the scope is everything. */
export function scopeOfFilters(filters: Names): Scope {
  for (const tree of TREES) {
    const names = leadingNames(filters, tree);
    if (names.length > 0) return [tree, ...names];
  }
  return ["everything"];
}

/** The names from the top of the tree, up to but not including the first missing one. */
function leadingNames(named: Names, tree: Tree): string[] {
  const names: string[] = [];
  for (const level of LEVELS_BY_TREE[tree]) {
    const name = named[level.name];
    if (name === undefined) break;
    names.push(name);
  }
  return names;
}
