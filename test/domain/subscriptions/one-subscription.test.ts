import { expect, it } from "vitest";
import { addSubscription } from "../../../src/domain/subscriptions/one-subscription.ts";
import { NewSubscription } from "../../../src/schemas/subscription.ts";
import { aWebhook, aWorld, OWNER } from "../deliveries/world.ts";

it("only an owner of the project can add a subscription", async () => {
  const world = await aWorld();
  const entry = NewSubscription.parse(aWebhook());
  await expect(addSubscription(world.context, OWNER, "stock", entry)).rejects.toMatchObject({ code: "forbidden" });
  expect(await world.subscriptions()).toEqual([]);
  const id = await addSubscription(world.context, OWNER, "shop", entry);
  expect((await world.subscriptions()).map((row) => `${row.id}`)).toEqual([id]);
});
