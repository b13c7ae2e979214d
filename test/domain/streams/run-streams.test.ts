import { beforeEach, describe, expect, it } from "vitest";
import { aStreamsWorld, metered, RECEIVER, type StreamsWorld } from "./streams-world.ts";

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

const events = (count: number) => Array.from({ length: count }, (_, index) => ({ username: `user ${index}` }));

describe("a stream", () => {
  it("sends events in order of ID, and says how far it has come", async () => {
    const stream = await world.create();
    await world.record(...events(3));
    await world.runAll();
    expect(world.received).toMatchObject([{ url: RECEIVER, ids: [1, 2, 3], bounds: [1, 3] }]);
    expect(await world.find(stream.id)).toMatchObject({ status: "active", after: "3", behind: { events: 0 } });
  });

  it("costs at most three round trips and two written rows for a batch of 1,000 events", async () => {
    await world.create();
    await world.record(...events(1000));
    const context = metered(world);
    await world.runOnce(context);
    expect(world.received.map(({ ids }) => ids.length)).toEqual([1000]);
    // One more query reads all streams of the invocation.
    expect(context.usage).toMatchObject({ queries: 4, rowsWritten: 2 });
  });
});
