import * as fc from "fast-check";
import { expect, it } from "vitest";
import { event, isTold, subscription, type Event, type Subscription } from "./telling.ts";
import { aWebhook, aWorld } from "./world.ts";

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
