import type { FilteredPageQuery } from "../../schemas/page.ts";

/** A place that events lie in: everything, or a path of names under one of the two trees. */
export type Scope = readonly ["everything"] | readonly ["inventory" | "state", ...names: string[]];

const LEVELS = {
  inventory: ["inventory_project", "inventory_application", "inventory_version"],
  state: ["state_project", "state_environment", "state_deployment"],
} as const;

type Names = Partial<Record<(typeof LEVELS)["inventory" | "state"][number], string | undefined>>;

/** The text a scope is stored under. `%` and `/` are escaped, so a project named `P/A` is not an application. */
export function scopePath(scope: Scope): string {
  return scope.map((segment) => segment.replace(/[%/]/g, encodeURIComponent)).join("/");
}

/** Every scope that an event with these names lies in. */
export function scopesOf(event: Names): Scope[] {
  const scopes: Scope[] = [["everything"]];
  for (const tree of ["inventory", "state"] as const) {
    const names = leadingNames(event, tree);
    if (names.length === 0) continue;
    for (let depth = 0; depth <= names.length; depth++) scopes.push([tree, ...names.slice(0, depth)]);
  }
  return scopes;
}

/** The reference's precedence: the inventory filters first, and each name only with the one before it. */
export function scopeOfFilters(filters: Pick<FilteredPageQuery, keyof Names>): Scope {
  for (const tree of ["inventory", "state"] as const) {
    const names = leadingNames(filters, tree);
    if (names.length > 0) return [tree, ...names];
  }
  return ["everything"];
}

function leadingNames(named: Names, tree: keyof typeof LEVELS): string[] {
  const names: string[] = [];
  for (const level of LEVELS[tree]) {
    const name = named[level];
    if (name === undefined) break;
    names.push(name);
  }
  return names;
}
