import * as fc from "fast-check";
import { expect, it } from "vitest";
import { EVENT_TYPES } from "../../src/schemas/event.ts";
import { aWebhook, aWorld } from "./world.ts";

const GROUPS = ["devs", "ops", "everyone", "auditors", "Devs"];
const PROJECTS = ["shop", "stock", "shop/api"];
const groups = fc.uniqueArray(fc.constantFrom(...GROUPS), { maxLength: 3 });
const types = fc.uniqueArray(fc.constantFrom(...EVENT_TYPES.slice(0, 4)), { minLength: 1, maxLength: 3 });

const subscription = fc.record(
  { allowed_groups: groups, event_types: types, enabled: fc.boolean() },
  { requiredKeys: ["allowed_groups", "enabled"] },
);
const event = fc.record(
  {
    type: fc.constantFrom(...EVENT_TYPES.slice(0, 4)),
    allowed_groups: groups,
    state_project: fc.constantFrom(...PROJECTS),
    inventory_project: fc.constantFrom(...PROJECTS),
  },
  { requiredKeys: ["type"] },
);
type Subscription = Generated<typeof subscription>;
type Event = Generated<typeof event>;
type Generated<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;

/** The contract's §6, one event and one subscription of the project `shop` at a time. */
function isTold(
  told: { allowed_groups: string[]; event_types?: string[] },
  of: Partial<Event> & { type: string },
): boolean {
  const inProject = of.state_project === "shop" || of.inventory_project === "shop";
  const ofItsTypes = told.event_types?.includes(of.type) ?? true;
  const mayBeTold = of.allowed_groups?.some((group) => told.allowed_groups.includes(group)) ?? true;
  return inProject && ofItsTypes && mayBeTold;
}

it("tells each subscription of what it may be told, once, and never of a restricted event whose groups it does not meet", async () => {
  const world = await aWorld();
  await fc.assert(
    fc.asyncProperty(
      fc.array(subscription, { maxLength: 4 }),
      fc.array(event, { minLength: 1, maxLength: 12 }),
      async (subscriptions, events) => {
        await world.context.db.prepare("DELETE FROM deliveries").run();
        const rows = await world.subscribe(...subscriptions.map((entry) => aWebhook(entry)));
        const firstId = await world.record(...events);

        const { results } = await world.context.db
          .prepare("SELECT event_id, subscription_id, state FROM deliveries ORDER BY subscription_id, event_id")
          .all();
        const expected = subscriptions.flatMap((entry: Subscription, index) =>
          events.flatMap((recorded: Event, offset) =>
            isTold(entry, recorded)
              ? [
                  {
                    event_id: firstId + offset,
                    subscription_id: rows[index]?.id,
                    state: entry.enabled ? "pending" : "held",
                  },
                ]
              : [],
          ),
        );
        expect(results).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});
