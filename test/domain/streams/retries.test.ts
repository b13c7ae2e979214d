import { beforeEach, describe, expect, it } from "vitest";
import { aStreamsWorld, RECEIVER, START, type StreamsWorld } from "./streams-world.ts";

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

const events = (count: number) => Array.from({ length: count }, () => ({}));
const sentIds = () => world.received.map(({ ids }) => ids);
const fails = (status: number, headers = {}) => new Response("no", { status, headers });

describe("a failed attempt", () => {
  it("is repeated after 5 s, 30 s, 2 min, 10 min, and then every 10 min, with the same batch", async () => {
    const { id } = await world.create();
    await world.record(...events(2));
    let failures = 6;
    world.answer = () => (failures-- > 0 ? fails(500) : new Response("ok"));
    await world.run();
    expect(await world.find(id)).toMatchObject({ status: "failing", after: "0", last_error: "responded with 500" });
    await world.record(...events(2)); // not in the batch that may have arrived
    await world.runAll();
    const [first, ...others] = world.received.slice(0, 7);
    expect(others).toEqual(others.map(() => expect.objectContaining({ webhookId: first?.webhookId, ids: [1, 2] })));
    expect(world.received.map(({ at }) => (at - START) / 1000)).toEqual([0, 5, 35, 155, 755, 1355, 1955, 1955]);
    expect(sentIds().at(-1)).toEqual([3, 4]);
    expect(await world.find(id)).toMatchObject({ status: "active", after: "4", behind: { events: 0 } });
  });

  it("begins the schedule anew after a success", async () => {
    await world.create();
    const statuses = [500, 500, 200, 500, 200];
    world.answer = () => fails(statuses.shift() ?? 200);
    await world.record({});
    await world.runAll();
    world.received.length = 0;
    const since = world.now;
    await world.record({});
    await world.runAll();
    expect(world.received.map(({ at }) => Math.round((at - since) / 1000))).toEqual([0, 5]);
  });

  it.each([
    [429, "60", 60],
    [503, "60", 60],
    [503, "90000", 3600],
    [503, "1", 5],
    [500, "60", 5],
  ])("with %i and Retry-After %s is repeated after %i s", async (status, retryAfter, seconds) => {
    await world.create();
    await world.record({});
    const responses = [fails(status, { "Retry-After": retryAfter })];
    world.answer = () => responses.shift() ?? new Response("ok");
    await world.runAll();
    expect(world.received.map(({ at }) => at - START)).toEqual([0, seconds * 1000]);
  });

  it("is repeated by the sweep if the hint was lost", async () => {
    await world.create();
    await world.record({});
    const responses = [fails(500)];
    world.answer = () => responses.shift() ?? new Response("ok");
    await world.run();
    world.hints = [];
    world.now += 60_000;
    await world.sweep();
    await world.run();
    expect(sentIds()).toEqual([[1], [1]]);
  });

  it("follows no redirect", async () => {
    const { id } = await world.create();
    await world.record({});
    world.answer = () => fails(307, { Location: "https://elsewhere.example.com/" });
    await world.run();
    expect(world.received.map(({ url }) => url)).toEqual([RECEIVER]);
    expect(await world.find(id)).toMatchObject({ status: "failing" });
  });
});
