/** What an event may say of where it happened. */
export type Place =
  | "inventory_project"
  | "inventory_application"
  | "inventory_version"
  | "state_project"
  | "state_environment"
  | "state_deployment";

/** From the inside out. */
export const STATE: readonly Place[] = ["state_deployment", "state_environment", "state_project"];
export const INVENTORY: readonly Place[] = ["inventory_version", "inventory_application", "inventory_project"];
