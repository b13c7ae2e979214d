import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { Config } from "../../src/config.ts";
import { anEvent, aWebhook, aWorld, type World } from "./world.ts";

async function states(world: World): Promise<string[]> {
  return (await world.deliveries()).map(({ state }) => state);
}

it("holds everything while an owner has disabled the subscription, and loses nothing of it", async () => {
  const world = await aWorld();
  const [row] = await world.subscribe(aWebhook());
  await world.record(anEvent());
  await world.subscribe(aWebhook({ id: `${row?.id}`, enabled: false }));
  await world.record(anEvent());
  await world.deliver();
  world.elapse(100_000);
  await world.sweep();
  await world.deliver();
  expect(world.received).toEqual([]);
  expect(await states(world)).toEqual(["held", "held"]);

  await world.subscribe(aWebhook({ id: `${row?.id}` }));
  await world.deliver();
  expect(await states(world)).toEqual(["delivered", "delivered"]);
});

it("gives what was held a whole schedule when it is released", async () => {
  const world = await aWorld({ RETRY_SCHEDULE: "1" });
  const [row] = await world.subscribe(aWebhook());
  await world.record(anEvent());
  world.answer = () => new Response("", { status: 500 });
  await world.deliver();
  await world.subscribe(aWebhook({ id: `${row?.id}`, enabled: false }));
  await world.subscribe(aWebhook({ id: `${row?.id}` }));
  for (let minute = 0; minute < 5; minute++) {
    await world.deliver();
    world.elapse(60);
    await world.sweep();
  }
  expect(await world.deliveries()).toMatchObject([{ state: "failed", attempts: 3 }]);
});

it("cancels what waits for a subscription that is deleted, and leaves the others' alone", async () => {
  const world = await aWorld();
  const [, kept] = await world.subscribe(aWebhook({ url: "https://gone.example.com/" }), aWebhook());
  await world.record(anEvent());
  await world.subscribe(aWebhook({ id: `${kept?.id}` }));
  await world.deliver();
  expect(await states(world)).toEqual(["cancelled", "delivered"]);
  expect(world.received.map(({ url }) => url)).toEqual(["https://hooks.example.com/in"]);
});

it("sends what is pending to the URL that the subscription has when it is attempted", async () => {
  const world = await aWorld();
  const [row] = await world.subscribe(aWebhook());
  await world.record(anEvent());
  await world.subscribe(aWebhook({ id: `${row?.id}`, url: "https://new.example.com/" }));
  await world.deliver();
  expect(world.received.map(({ url }) => url)).toEqual(["https://new.example.com/"]);
});

it("checks a destination again before each attempt: one that is not allowed any more fails", async () => {
  const world = await aWorld();
  await world.subscribe(aWebhook({ url: "http://localhost:9999/" }));
  await world.record(anEvent());
  world.context.config = new Config({ ...env, ALLOW_LOCAL_DESTINATIONS: "false" });
  await world.deliver();
  expect(world.received).toEqual([]);
  expect(await states(world)).toEqual(["failed"]);
});
