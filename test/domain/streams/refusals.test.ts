import { beforeEach, describe, expect, it } from "vitest";
import { listChanges } from "../../../src/domain/streams/list-streams.ts";
import { skipEvent } from "../../../src/domain/streams/steer-stream.ts";
import { aStreamsWorld, OPERATOR, type ReceivedBatch, type StreamsWorld } from "./streams-world.ts";

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

const events = (count: number, fields = {}) => Array.from({ length: count }, () => fields);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const arrived: number[] = [];
beforeEach(() => void (arrived.length = 0));

/** A receiver that responds with this status to a batch for which `isWrong` is true, and accepts every other batch. */
function refusing(status: number, isWrong: (batch: ReceivedBatch) => boolean) {
  return (batch: ReceivedBatch) => {
    if (isWrong(batch)) return new Response("no", { status });
    arrived.push(...batch.ids);
    return new Response("ok");
  };
}

describe("a 413", () => {
  it("halves the batch at once, until it is small enough", async () => {
    await world.create();
    await world.record(...events(1000));
    world.answer = refusing(413, ({ ids }) => ids.length > 300);
    await world.run();
    expect(world.received.slice(0, 3).map(({ ids }) => ids.length)).toEqual([1000, 500, 250]);
    expect(new Set(world.received.map(({ at }) => at)).size).toBe(1);
    expect(arrived).toEqual(range(1, 1000));
  });

  it("also limits the batches after it, so that few more are too large", async () => {
    await world.create();
    await world.record(...events(4000, { data: { text: "x".repeat(800) } }));
    world.answer = refusing(413, ({ bytes }) => bytes > 400_000);
    await world.runAll();
    expect(arrived).toEqual(range(1, 4000));
    const refused = world.received.filter(({ bytes }) => bytes > 400_000);
    expect(refused.length).toBeLessThan(world.received.length / 3);
  });

  it("of a single event makes the stream wait, and names the event", async () => {
    const { id } = await world.create();
    await world.record({}, { data: { text: "x".repeat(10_000) } }, {});
    world.answer = refusing(413, ({ bytes }) => bytes > 5_000);
    await world.run();
    expect(arrived).toEqual([1]);
    expect(await world.find(id)).toMatchObject({
      status: "failing",
      after: "1",
      behind: { events: 2 },
      refused_event: "2",
      last_error: expect.stringMatching(/^event 2 is too large.*413/),
    });
  });
});

describe("a 400", () => {
  it("of one event among a thousand: the others before it arrive, and then the stream waits with its ID", async () => {
    const { id } = await world.create();
    await world.record(...events(1500));
    world.answer = refusing(400, ({ ids }) => ids.includes(700));
    await world.run();
    expect(arrived).toEqual(range(1, 699));
    expect(world.received.length).toBeLessThan(2 * Math.log2(1000) + 2);
    expect(await world.find(id)).toMatchObject({ status: "failing", after: "699", refused_event: "700" });
    await skipEvent(world.context, OPERATOR, id, "700");
    await world.runAll();
    expect(arrived).toEqual([...range(1, 699), ...range(701, 1500)]);
    expect(world.received.at(-1)?.ids).toEqual(range(701, 1500));
    expect(await world.find(id)).toMatchObject({ status: "active", after: "1500", behind: { events: 0 } });
  });

  it("is tried again by the schedule, with only the refused event", async () => {
    const { id } = await world.create();
    await world.record(...events(8));
    let isMended = false;
    world.answer = refusing(400, ({ ids }) => !isMended && ids.includes(1));
    await world.run();
    const requests = world.received.length;
    world.now += 5_000;
    await world.run();
    expect(world.received.slice(requests).map(({ ids }) => ids)).toEqual([[1]]);
    isMended = true;
    await world.runAll();
    expect(arrived).toEqual(range(1, 8));
    expect(await world.find(id)).not.toHaveProperty("refused_event");
  });

  it("finds each of several refused events", async () => {
    const { id } = await world.create();
    await world.record(...events(100));
    world.answer = refusing(400, ({ ids }) => ids.some((one) => one % 33 === 0));
    for (const refused of [33, 66, 99]) {
      await world.run();
      expect(await world.find(id)).toMatchObject({ refused_event: `${refused}` });
      await skipEvent(world.context, OPERATOR, id, `${refused}`);
    }
    await world.run();
    expect(arrived).toEqual(range(1, 100).filter((one) => one % 33 !== 0));
  });

  it("of Splunk, which names the event: the stream finds it with the second request", async () => {
    const destination = { url: "https://splunk.example.com/services/collector/event", token: "t" };
    const { id } = await world.create({ kind: "splunk_hec", destination });
    await world.record(...events(1000));
    world.answer = ({ body }) => {
      const sent = body
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => Number((JSON.parse(line) as { event: { id: string } }).event.id));
      const index = sent.indexOf(900);
      if (index === -1) return Response.json({ text: "Success", code: 0 });
      return Response.json({ text: "Invalid data format", code: 6, "invalid-event-number": index }, { status: 400 });
    };
    await world.run();
    expect(world.received).toHaveLength(3);
    expect(await world.find(id)).toMatchObject({ after: "899", refused_event: "900" });
  });
});

describe("skip", () => {
  it("steps over exactly the event that the receiver refuses, and keeps who did it, when and why", async () => {
    const { id } = await world.create();
    await world.record(...events(3));
    world.answer = refusing(400, ({ ids }) => ids.includes(2));
    await world.run();
    for (const other of ["1", "3", "02"]) {
      await expect(skipEvent(world.context, OPERATOR, id, other)).rejects.toMatchObject({ code: "conflict" });
    }
    world.now += 1_000;
    await skipEvent(world.context, OPERATOR, id, "2");
    await expect(skipEvent(world.context, OPERATOR, id, "2")).rejects.toMatchObject({ code: "conflict" });
    await world.run();
    expect(arrived).toEqual([1, 3]);
    const { changes } = await listChanges(world.context, OPERATOR, { page_size: 1 });
    expect(changes).toEqual([
      {
        id: expect.any(String),
        at: new Date(world.now).toISOString(),
        by: "olga",
        action: "skip",
        stream_id: id,
        details: { event: "2", reason: "event 2 was refused by the receiver: responded with 400" },
      },
    ]);
  });

  it.each([1, 3])("is a conflict if the receiver fails and refuses nothing, with a batch of %i", async (count) => {
    const { id } = await world.create();
    await world.record(...events(count));
    world.answer = () => new Response("no", { status: 500 });
    await world.run();
    await expect(skipEvent(world.context, OPERATOR, id, "1")).rejects.toMatchObject({ code: "conflict" });
  });

  it("is still possible if the receiver could not be reached after the refusal", async () => {
    const { id } = await world.create();
    await world.record(...events(2));
    const answers = [new Response("no", { status: 413 }), new Response("no", { status: 413 })];
    world.answer = () => answers.shift() ?? Promise.reject(new TypeError("connection refused"));
    await world.run();
    const refusal = (await world.find(id)).last_error;
    expect(refusal).toContain("413");
    for (const seconds of [5, 30]) {
      world.now += seconds * 1000;
      await world.run();
      const last_error = `could not connect, or the connection was lost; before, ${refusal}`;
      expect(await world.find(id)).toMatchObject({ status: "failing", refused_event: "1", last_error });
    }
    await skipEvent(world.context, OPERATOR, id, "1");
    const { changes } = await listChanges(world.context, OPERATOR, { page_size: 1 });
    expect(changes[0]?.details["reason"]).toContain(refusal);
    world.answer = refusing(400, () => false);
    await world.runAll();
    expect(arrived).toEqual([2]);
    expect(await world.find(id)).not.toHaveProperty("refused_event");
  });

  it("during an attempt: the event may arrive, and the stream moves on only once", async () => {
    const { id } = await world.create();
    await world.record(...events(2));
    world.answer = refusing(400, ({ ids }) => ids.includes(1));
    await world.run();
    world.answer = async ({ ids }) => {
      if (ids[0] === 1) await skipEvent(world.context, OPERATOR, id, "1");
      arrived.push(...ids);
      return new Response("ok");
    };
    await world.runAll();
    expect(arrived).toEqual([1, 2]);
    expect(await world.find(id)).toMatchObject({ status: "active", after: "2" });
  });
});
