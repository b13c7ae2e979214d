import type { SentEvent } from "./factories.ts";
import { listingPath, withQuery } from "./service.ts";

/** The two trees by the names they have in paths, and the names on the way down. */
export const LEVELS = {
  inventory: ["inventory_project", "inventory_application", "inventory_version"],
  project: ["state_project", "state_environment", "state_deployment"],
} as const;
export type Tree = keyof typeof LEVELS;

/** To be set as AUDITOR_GROUPS. */
export const AUDITOR_GROUP = "audit";

type Filters = Partial<Record<(typeof LEVELS)[Tree][number], string>>;

/** What a listing is asked for: below a tree by path, or, without a tree, by filters. */
export interface Place {
  tree: Tree | undefined;
  names: string[];
  filters: Filters;
}

export function pathOf({ tree, names, filters }: Place): string {
  return withQuery(tree === undefined ? "" : listingPath(tree, ...names), filters);
}

/** An event that is in the history, known by a name of its own. */
export type RecordedEvent = SentEvent & { id: number; username: string };

/** The rules of the API once more, as plainly as they can be said, and asked of one event at a time. */
export function isVisible(event: SentEvent, groups: readonly string[]): boolean {
  if (event.allowed_groups === undefined || groups.includes(AUDITOR_GROUP)) return true;
  return event.allowed_groups.some((group) => groups.includes(group));
}

export function lies(event: SentEvent, place: Place): boolean {
  const { tree, names } = meaningOf(place);
  if (tree === undefined) return true;
  if (nameAt(event, tree, 0) === undefined) return false;
  return names.every((name, depth) => nameAt(event, tree, depth) === name);
}

function nameAt(event: SentEvent, tree: Tree, depth: number): string | undefined {
  const level = LEVELS[tree][depth];
  return level && event[level];
}

/** The reference's precedence, spelled out: where a place's filters count, they come to a path. */
export function meaningOf({ tree, names, filters: f }: Place): Pick<Place, "tree" | "names"> {
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
