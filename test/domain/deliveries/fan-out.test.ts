import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../../src/lib/crypto.ts";
import { replaceSubscriptions } from "../../../src/domain/subscriptions/subscription-set.ts";
import { SubscriptionSet } from "../../../src/schemas/subscription.ts";
import { event, isTold, subscription, type Event, type Subscription } from "./recipients.ts";
import { anEvent, aWebhook, aWorld, OWNER } from "./world.ts";
import { propertyRuns } from "../../support/property-runs.ts";

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
    { numRuns: propertyRuns() },
  );
});

describe("a group is told apart from every other", () => {
  const LONG = "x".repeat(254);
  const NAMES = [
    "team",
    "Team",
    "team ",
    `${LONG}1`,
    `${LONG}2`,
    '"',
    '","',
    "\\",
    "]",
    "#",
    "$",
    "é",
    "e\u0301",
    "\0",
    "__proto__",
    "1",
  ];

  it("whatever the names: by its letters, its length, its end, and not by what stands for it", async () => {
    const world = await aWorld();
    const names = [...NAMES, ...NAMES.map((name) => `#${sha256(name, "base64url")}`)];
    const entries = SubscriptionSet.parse(
      names.map((name, index) => aWebhook({ url: `https://hooks.example.com/${index}`, allowed_groups: [name] })),
    );
    const owner = { ...OWNER, groups: [...OWNER.groups, ...names] };
    const { subscriptions } = await replaceSubscriptions(world.context, owner, "shop", entries);
    const firstId = await world.record(...names.map((name) => anEvent({ allowed_groups: [name] })));
    const { results } = await world.context.db
      .prepare("SELECT event_id, subscription_id FROM deliveries ORDER BY event_id")
      .all();
    expect(results).toEqual(
      subscriptions.map(({ subscription: { id } }, index) => ({
        event_id: firstId + index,
        subscription_id: Number(id),
      })),
    );
  });
});
