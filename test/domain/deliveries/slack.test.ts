import { describe, expect, it } from "vitest";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { claimSlackTurn } from "../../../src/store/subscriptions/slack-gates.ts";
import { inVirtualTime } from "./virtual-time.ts";
import { anEvent, aWorld, type World } from "./world.ts";

const URL = "https://hooks.slack.com/services/T/B/x";
const aChannel = (more: object = {}) => ({ type: "slack", url: URL, ...more });

async function aSlackWorld(vars: Partial<Env> = {}): Promise<World & { times: () => number[] }> {
  const world = await aWorld(vars);
  return Object.assign(world, { times: inVirtualTime(world) });
}

const named = (count: number) => Array.from({ length: count }, (_, index) => anEvent({ username: `user${index}` }));
const idsOf = async (world: World) => (await world.deliveries()).map(({ id }) => id);
const everySecond = (times: number[]) => times.slice(1).every((time, index) => time - (times[index] ?? 0) >= 1);

describe("a burst for Slack", () => {
  it("becomes digests that together tell every event, one message a second", async () => {
    const world = await aSlackWorld({ PUBLIC_URL: "https://tidings.example" });
    await world.subscribe(aChannel());
    await world.record(...named(100));
    await attemptDeliveries(world.context, await idsOf(world));
    expect(world.received.length).toBeLessThanOrEqual(5);
    expect(everySecond(world.times())).toBe(true);
    const told = world.received.map(({ body }) => body).join();
    for (let id = 1; id <= 100; id++) {
      expect(told).toContain(`user${id - 1} `);
      expect(told).toContain(`https://tidings.example/events/${id}|`);
    }
    expect((await world.deliveries()).every(({ state }) => state === "delivered")).toBe(true);
    expect(await world.attempts()).toHaveLength(100);
  });

  it("settles each delivery by the message that carried it", async () => {
    const world = await aSlackWorld();
    await world.subscribe(aChannel());
    await world.record(...named(40));
    world.answer = ({ body }) =>
      body.includes("user0 ") ? new Response("rollup_error", { status: 500 }) : new Response("ok");
    await attemptDeliveries(world.context, await idsOf(world));
    const body = world.received[0]?.body ?? "";
    for (const { id, state } of await world.deliveries()) {
      expect(state).toBe(body.includes(`user${id - 1} `) ? "pending" : "delivered");
    }
    expect(await world.subscriptions()).toMatchObject([{ probe_delivery_id: null }]); // one message is one failure
  });

  it.each([1, 2])(
    "with %i bad among them is split until the bad fail alone and their neighbours arrive",
    async (bad) => {
      const world = await aSlackWorld();
      await world.subscribe(aChannel());
      await world.record(...named(20), ...Array.from({ length: bad }, () => anEvent({ username: "bad" })), ...named(3));
      world.answer = ({ body }) =>
        body.includes("bad") ? new Response("invalid_blocks", { status: 400 }) : new Response("ok");
      await attemptDeliveries(world.context, await idsOf(world));
      world.elapse(5); // the lease is long enough for about ten messages
      await world.deliver();
      const states = (await world.deliveries()).map(({ state }) => state);
      expect(states.filter((state) => state === "failed")).toHaveLength(bad);
      expect(states.filter((state) => state === "delivered")).toHaveLength(23);
      expect(states.slice(20, 20 + bad).every((state) => state === "failed")).toBe(true);
      expect(everySecond(world.times())).toBe(true);
    },
  );

  it("that is all bad fails as a whole, in the end", async () => {
    const world = await aSlackWorld();
    await world.subscribe(aChannel());
    await world.record(...named(24));
    world.answer = () => new Response("invalid_blocks", { status: 400 });
    for (let round = 0; round < 12; round++) {
      await world.deliver();
      world.elapse(3600);
      await world.sweep();
    }
    expect((await world.deliveries()).every(({ state }) => state === "failed")).toBe(true);
  });
});

describe("a Slack URL", () => {
  it("takes one message a second, over all consumers and subscriptions", async () => {
    const world = await aSlackWorld();
    await world.subscribe(aChannel({ slack_username: "one" }), aChannel({ slack_username: "two" }));
    await world.record(anEvent());
    await world.record(anEvent());
    const [first, second, third, fourth] = await idsOf(world);
    await Promise.all([
      attemptDeliveries(world.context, [first ?? 0]),
      attemptDeliveries(world.context, [second ?? 0, third ?? 0]),
      attemptDeliveries(world.context, [fourth ?? 0]),
    ]);
    expect(world.times()).toHaveLength(4);
    expect(everySecond(world.times())).toBe(true);
  });

  it("gives each of many consumers a turn of its own, a second and a little apart, and none beyond what they can wait for", async () => {
    const { context } = await aWorld();
    const now = context.now();
    const turns = await Promise.all(
      Array.from({ length: 10 }, () => claimSlackTurn(context.db, URL, { now, latest: now + 4000 })),
    );
    const taken = turns.flatMap((turn) => ("turnAt" in turn ? [turn.turnAt - now] : []));
    expect(taken.toSorted((one, other) => one - other)).toEqual([0, 1050, 2100, 3150]);
    expect(turns.filter((turn) => "nextAt" in turn)).toEqual(Array.from({ length: 6 }, () => ({ nextAt: now + 4200 })));
    expect(await claimSlackTurn(context.db, `${URL}/another`, { now, latest: now })).toEqual({ turnAt: now });
  });

  it("that others write to for too long gets its deliveries later, without an attempt", async () => {
    const world = await aSlackWorld();
    await world.subscribe(aChannel());
    await world.record(anEvent());
    await claimSlackTurn(world.context.db, URL, { now: world.context.now() + 100_000, latest: Infinity });
    await world.deliver();
    expect(world.received).toEqual([]);
    expect(await world.deliveries()).toMatchObject([{ state: "pending", attempts: 0 }]);
    const [hint] = world.queue;
    expect(hint?.delaySeconds).toBeGreaterThanOrEqual(98);
    expect(hint?.delaySeconds).toBeLessThanOrEqual(165);
    world.elapse(hint?.delaySeconds ?? 0);
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 1 }]);
  });

  it("that asks to wait is left alone by all that is told there", async () => {
    const world = await aSlackWorld();
    await world.subscribe(aChannel({ slack_username: "one" }), aChannel({ slack_username: "two" }));
    await world.record(anEvent());
    world.answer = () => new Response("rate_limited", { status: 429, headers: { "Retry-After": "600" } });
    await attemptDeliveries(world.context, [1]);
    world.answer = () => new Response("ok");
    await attemptDeliveries(world.context, [2]);
    expect(world.received).toHaveLength(1);
    for (let minute = 0; minute < 15; minute++) {
      world.elapse(60);
      await world.sweep();
      await world.deliver();
    }
    expect(world.received).toHaveLength(3);
    expect(world.times()[1]).toBeGreaterThanOrEqual(600);
  });

  it("whose gate cannot be asked keeps its deliveries, and those of others arrive", async () => {
    const world = await aSlackWorld();
    await world.subscribe(aChannel(), { type: "webhook", url: "https://hooks.example.com/in" });
    await world.record(anEvent());
    const { db } = world.context;
    world.context.db = {
      ...db,
      batch: (statements) => (statements.length === 2 ? Promise.reject(new Error("D1 is down")) : db.batch(statements)),
    };
    await attemptDeliveries(world.context, await idsOf(world));
    expect(await world.deliveries()).toMatchObject([
      { state: "pending", attempts: 0 },
      { state: "delivered", attempts: 1 },
    ]);
  });
});
