import { expect, it } from "vitest";
import { browseDeliveries } from "../../../src/domain/deliveries/browse-deliveries.ts";
import { anEvent, aWebhook, aWorld, OWNER } from "./world.ts";

it("browsed deliveries hold of their subscriptions no secret, not even for an owner", async () => {
  const world = await aWorld();
  const [row] = await world.subscribe(aWebhook({ url: "https://hooks.example.com/secret-path?token=1" }));
  await world.record(anEvent());
  const { deliveries } = await browseDeliveries(world.context, OWNER, "shop", { page_size: 10 });
  expect(deliveries.map(({ subscription }) => subscription)).toEqual([
    { id: `${row?.id}`, type: "webhook", url: "https://hooks.example.com", enabled: true },
  ]);
});
