import type { SentEvent } from "./factories.ts";
import { listingPath, withQuery } from "./service.ts";

/** The fields of the levels of each tree, from the top. The keys are the names of the trees in paths. */
export const LEVELS = {
  inventory: ["inventory_project", "inventory_application", "inventory_version"],
  project: ["state_project", "state_environment", "state_deployment"],
} as const;
export type Tree = keyof typeof LEVELS;

/** The value of AUDITOR_GROUPS. */
export const AUDITOR_GROUP = "audit";

type Filters = Partial<Record<(typeof LEVELS)[Tree][number], string>>;

/** What a listing is about. It has a tree and names (by path), or only filters. */
export interface Place {
  tree: Tree | undefined;
  names: string[];
  filters: Filters;
}

export function pathOf({ tree, names, filters }: Place): string {
  return withQuery(tree === undefined ? "" : listingPath(tree, ...names), filters);
}

/** An event of the history. Its username identifies it. */
export type RecordedEvent = SentEvent & { id: number; username: string };

/** The API's rule for who may see an event, in its simplest form. */
export function isVisible(event: SentEvent, groups: readonly string[]): boolean {
  if (event.allowed_groups === undefined || groups.includes(AUDITOR_GROUP)) return true;
  return event.allowed_groups.some((group) => groups.includes(group));
}

export function isBelow(event: SentEvent, place: Place): boolean {
  const { tree, names } = resolvePlace(place);
  if (tree === undefined) return true;
  if (nameAt(event, tree, 0) === undefined) return false;
  return names.every((name, depth) => nameAt(event, tree, depth) === name);
}

function nameAt(event: SentEvent, tree: Tree, depth: number): string | undefined {
  const level = LEVELS[tree][depth];
  return level && event[level];
}

/** The API reference's precedence of the filters, as explicit cases. The filters that count are turned into a path. */
export function resolvePlace({ tree, names, filters: f }: Place): Pick<Place, "tree" | "names"> {
  if (tree !== undefined) return { tree, names };
  if (f.inventory_project) {
    if (!f.inventory_application) return { tree: "inventory", names: [f.inventory_project] };
    if (!f.inventory_version) return { tree: "inventory", names: [f.inventory_project, f.inventory_application] };
    return { tree: "inventory", names: [f.inventory_project, f.inventory_application, f.inventory_version] };
  }
  if (f.state_project) {
    if (!f.state_environment) return { tree: "project", names: [f.state_project] };
    if (!f.state_deployment) return { tree: "project", names: [f.state_project, f.state_environment] };
    return { tree: "project", names: [f.state_project, f.state_environment, f.state_deployment] };
  }
  return { tree: undefined, names: [] };
}
