import { beforeEach, describe, expect, it } from "vitest";
import { aStreamsWorld, metered, type StreamsWorld } from "./streams-world.ts";

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

const events = (count: number) => Array.from({ length: count }, () => ({}));
const sentIds = () => world.received.map(({ ids }) => ids);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("two invocations at once", () => {
  it("send each batch once", async () => {
    await world.create();
    await world.record(...events(2500));
    await Promise.all([world.runOnce(), world.runOnce(metered(world)), world.runOnce(metered(world))]);
    expect(sentIds()).toEqual([range(1, 1000), range(1001, 2000), range(2001, 2500)]);
  });

  it("send a batch that failed only once more", async () => {
    await world.create();
    await world.record(...events(2));
    const statuses = [500];
    world.answer = () => new Response("", { status: statuses.shift() ?? 200 });
    await world.run();
    world.now += 5_000;
    await Promise.all([world.runOnce(), world.runOnce(metered(world)), world.runOnce(metered(world))]);
    expect(sentIds()).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it("leave a stream alone until the lease of an invocation that died has ended", async () => {
    await world.create();
    await world.record(...events(2));
    const db = { ...world.context.db, prepare: failAfterSending() };
    await world.runOnce({ ...world.context, db, wait: async () => {} });
    expect(sentIds()).toEqual([[1, 2]]);
    await world.runOnce();
    expect(sentIds()).toHaveLength(1);
    world.now += 30_000;
    await world.runOnce();
    expect(sentIds()).toEqual([
      [1, 2],
      [1, 2],
    ]);
    const [first, second] = world.received;
    expect(second?.webhookId).toBe(first?.webhookId);
  });

  /** D1 does not respond any more as soon as a batch was sent. */
  function failAfterSending() {
    const { db } = world.context;
    return (sql: string) => {
      if (world.received.length > 0) throw new Error("D1_ERROR: Network connection lost.");
      return db.prepare(sql);
    };
  }
});
