import * as fc from "fast-check";
import { EVENT_TYPES } from "../../../src/schemas/event.ts";

const GROUPS = ["devs", "ops", "everyone", "auditors", "Devs"];
const PROJECTS = ["shop", "stock", "shop/api"];
const groups = fc.uniqueArray(fc.constantFrom(...GROUPS), { maxLength: 3 });
const types = fc.uniqueArray(fc.constantFrom(...EVENT_TYPES.slice(0, 4)), { minLength: 1, maxLength: 3 });

export const subscription = fc.record(
  { allowed_groups: groups, event_types: types, enabled: fc.boolean() },
  { requiredKeys: ["allowed_groups", "enabled"] },
);
export const event = fc.record(
  {
    type: fc.constantFrom(...EVENT_TYPES.slice(0, 4)),
    allowed_groups: groups,
    state_project: fc.constantFrom(...PROJECTS),
    inventory_project: fc.constantFrom(...PROJECTS),
  },
  { requiredKeys: ["type"] },
);
export type Subscription = Generated<typeof subscription>;
export type Event = Generated<typeof event>;
type Generated<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** True if a subscription of the project `shop` must receive the event, by the rules in docs/api.md. */
export function isTold(
  told: { allowed_groups: string[]; event_types?: string[] },
  of: Partial<Event> & { type: string },
): boolean {
  const inProject = of.state_project === "shop" || of.inventory_project === "shop";
  const ofItsTypes = told.event_types?.includes(of.type) ?? true;
  const mayBeTold = of.allowed_groups?.some((group) => told.allowed_groups.includes(group)) ?? true;
  return inProject && ofItsTypes && mayBeTold;
}
