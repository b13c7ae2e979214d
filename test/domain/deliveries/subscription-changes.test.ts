import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Config } from "../../../src/config.ts";
import { browseDeliveries } from "../../../src/domain/deliveries/browse-deliveries.ts";
import { redeliver } from "../../../src/domain/deliveries/list-deliveries.ts";
import { startRecovery } from "../../../src/domain/deliveries/recoveries.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";

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

describe("what a subscription no longer takes", () => {
  const NARROWED: [string, object, string][] = [
    ["its type", { event_types: ["TEAM_CREATED"] }, "the subscription does not take the type ADD_BUILD"],
    ["its groups", { allowed_groups: ["ops"] }, "the subscription has none of the groups that may see this event"],
  ];
  const WIDE = { event_types: ["ADD_BUILD", "TEAM_CREATED"], allowed_groups: ["devs", "ops"] };

  it.each(NARROWED)(
    "is not sent to it where %s was taken out while it waited, and says so",
    async (_, narrow, reason) => {
      const world = await aWorld();
      const [row] = await world.subscribe(aWebhook(WIDE));
      await world.record(anEvent({ allowed_groups: ["devs"] }));
      await world.subscribe(aWebhook({ ...WIDE, id: `${row?.id}`, ...narrow }));
      await world.deliver();
      expect(world.received).toEqual([]);
      expect(await states(world)).toEqual(["failed"]);
      expect(await world.attempts()).toMatchObject([{ outcome: "refused", reason }]);
      expect((await world.subscriptions())[0]).toMatchObject({ consecutive_failures: 0, failing_since: null });
    },
  );

  it.each(NARROWED)("is not sent to it again where %s was taken out", async (_, narrow, reason) => {
    const world = await aWorld();
    const [row] = await world.subscribe(aWebhook(WIDE));
    await world.record(anEvent({ allowed_groups: ["devs"] }));
    await world.deliver();
    await world.subscribe(aWebhook({ ...WIDE, id: `${row?.id}`, ...narrow }));
    const [delivery] = await world.deliveries();
    await expect(redeliver(world.context, OWNER, `${delivery?.id}`)).rejects.toMatchObject({
      code: "conflict",
      message: `The delivery cannot be sent again: ${reason}.`,
    });
    await startRecovery(world.context, OWNER, { project: "shop", id: `${row?.id}` }, { from: "0", which: "all" });
    await world.deliver();
    expect(world.received).toHaveLength(1);
  });

  it.each(NARROWED)("is offered to nobody to send again where %s was taken out", async (_, narrow) => {
    const world = await aWorld();
    const [row] = await world.subscribe(aWebhook(WIDE));
    await world.record(anEvent({ allowed_groups: ["devs"] }));
    await world.deliver();
    const mayRedeliver = async () => {
      const { deliveries } = await browseDeliveries(world.context, OWNER, "shop", { page_size: 10 });
      return deliveries.map((one) => one.mayRedeliver);
    };
    expect(await mayRedeliver()).toEqual([true]);
    await world.subscribe(aWebhook({ ...WIDE, id: `${row?.id}`, ...narrow }));
    expect(await mayRedeliver()).toEqual([false]);
  });

  it("keeps nobody waiting where it was the probe of an open breaker", async () => {
    const world = await aWorld();
    const [row] = await world.subscribe(aWebhook(WIDE));
    world.answer = () => new Response("", { status: 500 });
    await world.record(...Array.from({ length: 11 }, () => anEvent()), anEvent({ type: "TEAM_CREATED" }));
    await world.deliver();
    await world.context.db
      .prepare("UPDATE subscriptions SET event_types = '[\"TEAM_CREATED\"]' WHERE id = ?1")
      .bind(row?.id)
      .run();
    world.answer = () => new Response("ok");
    for (let minute = 0; minute < 30; minute++) {
      world.elapse(60);
      await world.sweep();
      await world.deliver();
    }
    expect((await states(world)).toSorted()).toEqual(["delivered", ...Array.from({ length: 11 }, () => "failed")]);
  });
});
