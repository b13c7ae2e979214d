import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { redeliver } from "../../../src/domain/deliveries/list-deliveries.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";

const MANY = 30;

async function statesOf(world: World): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of await world.deliveries()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

const failing = () => new Response("down", { status: 500 });
const well = () => new Response("ok");
const record = (world: World, count: number) => world.record(...Array.from({ length: count }, () => anEvent()));

/** A world in which a breaker is open and many deliveries are held. */
async function withOpenBreaker(vars: Partial<Env> = {}): Promise<World> {
  const world = await aWorld(vars);
  await world.subscribe(aWebhook());
  world.answer = failing;
  await record(world, MANY);
  await world.deliver();
  return world;
}

/** Lets time pass in steps, and sweeps every minute. */
async function live(world: World, seconds: number, step = 60): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    world.elapse(step);
    if (Math.floor((passed + step) / 60) > Math.floor(passed / 60)) await world.sweep();
    await world.deliver();
  }
}

describe("the breaker", () => {
  it("opens after 10 failures in a row: the rest of the batch is not attempted, and one probe is left", async () => {
    const world = await withOpenBreaker();
    expect(world.received.length).toBeGreaterThanOrEqual(10);
    expect(world.received.length).toBeLessThanOrEqual(11); // two were on their way at once
    expect(await statesOf(world)).toEqual({ held: MANY - 1, pending: 1 });
  });

  it("stays closed while failures are not in a row", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    for (let index = 0; index < 40; index++) {
      world.answer = index % 9 === 8 ? well : failing;
      await record(world, 1);
      await world.deliver();
    }
    expect(world.received).toHaveLength(40);
    expect((await statesOf(world))["held"]).toBeUndefined();
  });

  it("holds what is recorded while it is open", async () => {
    const world = await withOpenBreaker();
    await record(world, 5);
    expect(await statesOf(world)).toEqual({ held: MANY + 4, pending: 1 });
    expect(world.queue.filter(({ name }) => name === "first")).toEqual([]);
  });

  it("lets a probe pass now and then, along the schedule and at least every ten minutes", async () => {
    const world = await withOpenBreaker({ RETRY_SCHEDULE: "5,300,1800,7200" });
    const times: number[] = [];
    const opened = world.context.now();
    world.answer = () => {
      times.push((world.context.now() - opened) / 1000);
      return failing();
    };
    await live(world, 3600, 5);
    expect(times).toEqual([5, 305, 905, 1505, 2105, 2705, 3305]);
  });

  it("closes after one success, and everything that was held arrives", async () => {
    const world = await withOpenBreaker();
    await record(world, 5);
    world.answer = well;
    world.elapse(5);
    await world.deliver();
    expect((await statesOf(world))["held"]).toBeUndefined();
    await live(world, 600);
    expect(await statesOf(world)).toEqual({ delivered: MANY + 5 });
    await record(world, 1);
    await world.deliver();
    expect(await statesOf(world)).toEqual({ delivered: MANY + 6 });
  });

  it("leaves a lone delivery its own schedule", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "10,10,10,10,10,10,10,10,10,10,10,10" });
    await world.subscribe(aWebhook());
    const times: number[] = [];
    world.answer = () => {
      times.push(world.context.now());
      return failing();
    };
    await record(world, 1);
    await world.deliver();
    await live(world, 200, 1);
    expect(times.map((time) => (time - (times[0] ?? 0)) / 1000)).toEqual(
      Array.from({ length: 13 }, (_, index) => index * 10),
    );
    expect(await statesOf(world)).toEqual({ failed: 1 });
  });

  it("asks no earlier than the receiver wishes", async () => {
    const world = await withOpenBreaker();
    world.answer = () => new Response("", { status: 429, headers: { "Retry-After": "900" } });
    const before = world.received.length;
    world.elapse(5);
    await world.deliver();
    await live(world, 890, 10);
    expect(world.received).toHaveLength(before + 1);
    await live(world, 20, 10);
    expect(world.received).toHaveLength(before + 2);
  });

  it("ends every delivery when the receiver never comes back", async () => {
    const world = await withOpenBreaker({ RETRY_SCHEDULE: "1,1" });
    await live(world, 200, 1);
    expect(await statesOf(world)).toEqual({ failed: MANY });
    expect(world.received).toHaveLength(3 * MANY);
  });

  it("with nothing left to probe with, lets the next event find out", async () => {
    const world = await withOpenBreaker({ RETRY_SCHEDULE: "1,1" });
    await live(world, 200, 1);
    const before = world.received.length;
    await record(world, 1);
    await world.deliver();
    await record(world, 20);
    expect(world.received).toHaveLength(before + 1);
    expect(await statesOf(world)).toEqual({ failed: MANY, held: 20, pending: 1 });
    world.answer = well;
    await live(world, 120, 1);
    expect(await statesOf(world)).toEqual({ failed: MANY, delivered: 21 });
  });

  it("keeps to its subscription: what others are told arrives at once", async () => {
    const world = await aWorld();
    await world.subscribe(
      aWebhook({ url: "https://dead.example.com/" }),
      aWebhook({ url: "https://well.example.com/" }),
    );
    world.answer = ({ url }) => (url.includes("dead") ? failing() : well());
    for (let index = 0; index < 3; index++) {
      await record(world, 20);
      await world.deliver();
    }
    expect(world.received.filter(({ url }) => url.includes("well"))).toHaveLength(60);
    expect(world.received.filter(({ url }) => url.includes("dead")).length).toBeLessThanOrEqual(11);
  });

  it("opens for each of two receivers that fail in one batch, however much waits for the first", async () => {
    const world = await aWorld();
    await world.subscribe(
      aWebhook({ url: "https://crowded.example.com/", event_types: ["ADD_BUILD", "USER_SIGNUP"] }),
      aWebhook({ url: "https://lone.example.com/", event_types: ["ADD_BUILD"] }),
    );
    for (let hundred = 0; hundred < 6; hundred++) {
      await world.record(...Array.from({ length: 100 }, () => anEvent({ type: "USER_SIGNUP" })));
    }
    world.queue = [];
    await record(world, 50);
    world.answer = failing;
    await world.deliver();
    const breakers = await world.rows<{ probe_delivery_id: number | null }>(
      "SELECT probe_delivery_id FROM subscriptions",
    );
    expect(breakers).toEqual([{ probe_delivery_id: expect.any(Number) }, { probe_delivery_id: expect.any(Number) }]);
  });

  it("lets an owner's redelivery be the probe", async () => {
    const world = await withOpenBreaker();
    world.answer = well;
    await redeliver(world.context, OWNER, "20");
    await live(world, 300);
    expect(await statesOf(world)).toEqual({ delivered: MANY });
    expect(world.received.filter(({ headers }) => headers.get("webhook-id") === "msg_20")).toHaveLength(1);
  });

  it("is closed by its owner, who sends the subscription as enabled: everything is tried again", async () => {
    const world = await withOpenBreaker();
    const [row] = await world.subscriptions();
    world.answer = well;
    await world.subscribe(aWebhook({ id: `${row?.id}` }));
    await world.deliver();
    await live(world, 300);
    expect(await statesOf(world)).toEqual({ delivered: MANY });
  });

  it.each([
    ["an owner's redelivery", (world: World) => redeliver(world.context, OWNER, `${MANY}`)],
    ["its owner", async (world: World) => world.subscribe(aWebhook({ id: `${(await world.subscriptions())[0]?.id}` }))],
  ])("closed by %s leaves nobody behind, not even the probe that was to wait for minutes", async (_, close) => {
    const world = await withOpenBreaker();
    await live(world, 10, 5); // the first probe fails
    expect(await statesOf(world)).toEqual({ held: MANY - 1, pending: 1 });
    world.answer = well;
    await close(world);
    await world.deliver();
    await live(world, 10, 5);
    expect(await statesOf(world)).toEqual({ delivered: MANY });
  });

  it("gives way when the destination is gone: all is held, and no probe is sent", async () => {
    const world = await withOpenBreaker();
    world.answer = () => new Response("", { status: 410 });
    world.elapse(5);
    await world.deliver();
    const before = world.received.length;
    await live(world, 3600);
    expect(world.received).toHaveLength(before);
    expect(await statesOf(world)).toEqual({ held: MANY });
    expect(await world.subscriptions()).toMatchObject([{ enabled: false, probe_delivery_id: null }]);
  });

  it("sends another probe when a consumer dies with the first", async () => {
    const world = await withOpenBreaker();
    const died = Promise.withResolvers<Response>();
    world.answer = () => died.promise;
    world.elapse(5);
    void world.deliver();
    await expect.poll(() => world.received.length).toBeGreaterThan(10);
    world.answer = well;
    await live(world, 300);
    expect(await statesOf(world)).toEqual({ delivered: MANY });
  });
});

describe("what is held", () => {
  const MORE_THAN_A_STEP = 1_200;

  async function withBacklog(): Promise<World> {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    for (let recorded = 0; recorded < MORE_THAN_A_STEP; recorded += 100) await record(world, 100);
    return world;
  }

  it("becomes so in steps, without an attempt, and is released in steps", async () => {
    const world = await withBacklog();
    const [row] = await world.subscriptions();
    await world.subscribe(aWebhook({ id: `${row?.id}`, enabled: false }));
    expect((await statesOf(world))["held"]).toBe(500);
    await world.deliver();
    expect(world.received).toEqual([]);
    expect(await statesOf(world)).toEqual({ held: MORE_THAN_A_STEP });

    await world.subscribe(aWebhook({ id: `${row?.id}` }));
    await live(world, 600);
    expect(await statesOf(world)).toEqual({ delivered: MORE_THAN_A_STEP });
    expect(await world.subscriptions()).toMatchObject([{ release_mode: null }]);
  });

  it("is cancelled in steps when its subscription is deleted", async () => {
    const world = await withBacklog();
    const [row] = await world.subscriptions();
    await world.subscribe(aWebhook({ id: `${row?.id}`, enabled: false }));
    await world.subscribe();
    expect((await statesOf(world))["cancelled"]).toBe(500);
    await world.sweep();
    expect(await statesOf(world)).toEqual({ cancelled: MORE_THAN_A_STEP });
    await world.deliver();
    expect(world.received).toEqual([]);
    expect(await world.rows("SELECT * FROM deleted_subscriptions")).toEqual([]);
  });

  it("does not slow the sweep, however much it is", async () => {
    const world = await withBacklog();
    const [row] = await world.subscriptions();
    await world.sweep();
    await world.deliver();
    const rowsOfASweep = async () => {
      const before = world.context.usage.rowsRead;
      await world.sweep();
      return world.context.usage.rowsRead - before;
    };
    const idle = await rowsOfASweep();
    await world.subscribe(aWebhook({ id: `${row?.id}`, enabled: false }));
    for (let recorded = 0; recorded < MORE_THAN_A_STEP; recorded += 100) await record(world, 100);
    expect((await statesOf(world))["held"]).toBe(MORE_THAN_A_STEP);
    await world.sweep(); // counts the new events, once
    expect(await rowsOfASweep()).toBeLessThanOrEqual(idle);
  });

  it("does not slow the settling of what fails, however much it is", async () => {
    const rowsToOpen = async (held: number) => {
      const world = await aWorld();
      await world.subscribe(aWebhook());
      for (let recorded = 0; recorded < held; recorded += 100) await record(world, 100);
      await env.DB.prepare("UPDATE deliveries SET state = 'held', next_attempt_at = 0").run();
      world.queue = [];
      await record(world, MANY);
      world.answer = failing;
      const before = world.context.usage.rowsRead;
      await world.deliver();
      expect((await statesOf(world))["pending"]).toBe(1); // the probe
      return world.context.usage.rowsRead - before;
    };
    expect(await rowsToOpen(1000)).toBeLessThanOrEqual(await rowsToOpen(100));
  });
});
