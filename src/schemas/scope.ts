/** The two trees of names. An event can have a place in each. */
export type Tree = "inventory" | "state";

/** A field of an event that contains the name of a level. */
export type LevelName =
  | "inventory_project"
  | "inventory_application"
  | "inventory_version"
  | "state_project"
  | "state_environment"
  | "state_deployment";

interface Level {
  name: LevelName;
  tree: Tree;
  /**
   * The level above. An event with a name at this level must also have a name at that level. Undefined for the top of a
   * tree.
   */
  parent: LevelName | undefined;
  /** The name of the level for people. */
  label: string;
}

/** All levels, each tree from the top down. This is the only list of levels. */
export const LEVELS: readonly Level[] = [
  { name: "inventory_project", tree: "inventory", parent: undefined, label: "Inventory project" },
  { name: "inventory_application", tree: "inventory", parent: "inventory_project", label: "Application" },
  { name: "inventory_version", tree: "inventory", parent: "inventory_application", label: "Release" },
  { name: "state_project", tree: "state", parent: undefined, label: "State project" },
  { name: "state_environment", tree: "state", parent: "state_project", label: "Environment" },
  { name: "state_deployment", tree: "state", parent: "state_environment", label: "Deployment" },
];

/** The levels of one tree, from the top down. */
export const LEVELS_BY_TREE: Readonly<Record<Tree, readonly Level[]>> = {
  inventory: LEVELS.filter(({ tree }) => tree === "inventory"),
  state: LEVELS.filter(({ tree }) => tree === "state"),
};
