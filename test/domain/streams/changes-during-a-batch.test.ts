import { beforeEach, describe, expect, it } from "vitest";
import { removeStream, replaceStream } from "../../../src/domain/streams/set-streams.ts";
import { pauseStream, resumeStream, rewindStream } from "../../../src/domain/streams/steer-stream.ts";
import { ChangedStream } from "../../../src/schemas/stream.ts";
import { aStream, aStreamsWorld, OPERATOR, RECEIVER, type StreamsWorld } from "./streams-world.ts";

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

const events = (count: number) => Array.from({ length: count }, (): object => ({}));
const sentIds = () => world.received.map(({ ids }) => ids);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("an operator's change during a batch", () => {
  /** Runs the stream, and makes the change when its first batch has arrived and the response is on its way. */
  async function during(change: () => Promise<unknown>) {
    let hasChanged = false;
    world.answer = async () => {
      if (!hasChanged) {
        hasChanged = true;
        await change();
      }
      return new Response("ok");
    };
    await world.run();
  }

  it("pauses: the batch that is being sent counts, and nothing follows until the stream is resumed", async () => {
    const { id } = await world.create();
    await world.record(...events(1500));
    await during(() => pauseStream(world.context, OPERATOR, id));
    expect(sentIds()).toEqual([range(1, 1000)]);
    expect(await world.find(id)).toMatchObject({ status: "paused", after: "1000", behind: { events: 500 } });
    await resumeStream(world.context, OPERATOR, id);
    await world.runAll();
    expect(sentIds()).toEqual([range(1, 1000), range(1001, 1500)]);
  });

  it("rewinds: the batch does not move the stream, and everything is sent again under other webhook-ids", async () => {
    const { id } = await world.create();
    await world.record(...events(3));
    await world.runAll();
    await world.record(...events(2));
    await during(() => rewindStream(world.context, OPERATOR, id, "1"));
    await world.runAll();
    expect(sentIds()).toEqual([
      [1, 2, 3],
      [4, 5],
      [2, 3, 4, 5],
    ]);
    expect(new Set(world.received.map(({ webhookId }) => webhookId)).size).toBe(3);
  });

  it("gives it another destination: the batch is sent there too, with the same bounds", async () => {
    const { id } = await world.create();
    await world.record(...events(2));
    const other = "https://other.example.com/";
    const changed = ChangedStream.parse({ ...aStream(), destination: { url: other } });
    await during(() => replaceStream(world.context, OPERATOR, id, changed));
    await world.runAll();
    const [first, second] = world.received;
    expect(world.received.map(({ url, ids }) => [url, ids])).toEqual([
      [RECEIVER, [1, 2]],
      [other, [1, 2]],
    ]);
    expect(second?.webhookId).toBe(first?.webhookId);
  });

  it("gives it another listing: the next batch is of that listing", async () => {
    const { id } = await world.create();
    await world.record({ state_project: "shop" }, {}, { state_project: "shop" });
    const changed = ChangedStream.parse({ ...aStream(), listing: { state_project: "shop" } });
    await during(() => replaceStream(world.context, OPERATOR, id, changed));
    await world.runAll();
    expect(sentIds()).toEqual([
      [1, 2, 3],
      [1, 3],
    ]);
  });

  it("deletes it: nothing follows, and nothing fails", async () => {
    const { id } = await world.create();
    await world.record(...events(1500));
    await during(() => removeStream(world.context, OPERATOR, id));
    await world.runAll();
    expect(sentIds()).toEqual([range(1, 1000)]);
    expect(world.lines.map(({ event }) => event)).toEqual(["stream_batch"]);
  });
});
