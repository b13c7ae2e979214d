import { beforeEach, describe, expect, it, vi } from "vitest";
import { BatchSlots } from "../../../src/domain/streams/batch-slots.ts";
import { aStreamsWorld, RECEIVER, START, type StreamsWorld } from "./streams-world.ts";

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

const SLOW = "https://slow.example.com/";
const secret = `whsec_${btoa("a".repeat(32))}`;
const hanging = (index: number) => ({ destination: { url: `${SLOW}${index}`, signing_secret: secret } });

/** Lets the receivers that hang respond. */
function aHang() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, end: resolve };
}

describe("a stream that hangs", () => {
  it("does not delay another stream, nor the acknowledgement of the hint", async () => {
    const hang = aHang();
    world.answer = async ({ url }) => {
      if (url.startsWith(SLOW)) await hang.promise;
      return new Response("ok");
    };
    await world.create(hanging(1));
    const { id } = await world.create();
    await world.record({});
    const background: Promise<unknown>[] = [];
    await world.runOnce({ ...world.context, background: (work) => void background.push(work) });
    expect(background).toHaveLength(1);
    expect(await world.find(id)).toMatchObject({ after: "1" });
    await world.record({});
    world.now += 5_000;
    await world.runOnce({ ...world.context, background: (work) => void background.push(work) });
    expect(await world.find(id)).toMatchObject({ after: "2" });
    hang.end();
    await Promise.all(background);
  });

  it("keeps its slot, and another invocation takes the streams that have none", async () => {
    const hang = aHang();
    world.answer = async ({ url }) => {
      if (url.startsWith(SLOW)) await hang.promise;
      return new Response("ok");
    };
    for (let index = 0; index < 5; index++) await world.create(hanging(index));
    world.now += 1; // the streams that moved the longest ago come first
    const { id } = await world.create();
    await world.record({});
    world.hints = [];
    const background: Promise<unknown>[] = [];
    const context = { ...world.context, background: (work: Promise<unknown>) => void background.push(work) };
    await world.runOnce({ ...context, wait: async () => {} }); // a second passes at once
    await vi.waitFor(() => expect(world.hints).toEqual([START + 1]));
    expect(world.received.map(({ url }) => url)).not.toContain(RECEIVER);
    await world.runOnce(context);
    expect(await world.find(id)).toMatchObject({ after: "1" });
    hang.end();
    await Promise.all(background);
  });
});

describe("the slots of an invocation", () => {
  it("go to five batches at a time, and to at most two of failing streams", async () => {
    const slots = new BatchSlots();
    const running: string[] = [];
    const ends: (() => void)[] = [];
    const work = (name: string, isFailing: boolean) =>
      slots.use(isFailing, async () => {
        running.push(name);
        await new Promise<void>((end) => void ends.push(end));
      });
    const all = [1, 2, 3].map((number) => work(`failing ${number}`, true));
    expect(slots.isContended).toBe(false); // the third one could not use the slot of a healthy stream
    all.push(...[1, 2, 3, 4].map((number) => work(`healthy ${number}`, false)));
    await Promise.resolve();
    expect(running).toEqual(["failing 1", "failing 2", "healthy 1", "healthy 2", "healthy 3"]);
    expect(slots.isContended).toBe(true);
    ends[2]?.();
    await scheduler.wait(0);
    expect(running.slice(5)).toEqual(["healthy 4"]);
    ends[0]?.();
    await scheduler.wait(0);
    expect(running.slice(6)).toEqual(["failing 3"]);
    for (const end of ends) end();
    await scheduler.wait(0);
    for (const end of ends) end();
    await Promise.all(all);
  });
});
