import { beforeEach, describe, expect, it } from "vitest";
import { MAX_SCANNED_IN_STREAM } from "../../../src/domain/events/listing-query.ts";
import { aStreamsWorld, START, type StreamsWorld } from "./streams-world.ts";

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

describe("how far a stream with filters is behind", () => {
  it("is partial if only a part of the history was compared with the filters", async () => {
    await world.record({ username: "vip" });
    await world.record(...Array.from({ length: MAX_SCANNED_IN_STREAM }, () => ({})));
    await world.record({ username: "vip" });
    const paused = { listing: { username: "vip" }, after: "0", enabled: false };
    const { id } = await world.create(paused);
    const since = new Date(START).toISOString();
    expect((await world.find(id)).behind).toEqual({ events: 1, since, is_partial: true });
    const nobody = await world.create({ ...paused, listing: { username: "nobody" } });
    expect((await world.find(nobody.id)).behind).toEqual({ events: 0, is_partial: true });
    const after = await world.create({ ...paused, after: "3" });
    expect((await world.find(after.id)).behind).toEqual({ events: 1, since });
  });
});

describe("when the stream tries again", () => {
  it("is shown while it is failing", async () => {
    const { id } = await world.create();
    await world.record({});
    const answers = [new Response("no", { status: 500 })];
    world.answer = () => answers.shift() ?? new Response("ok");
    await world.run();
    expect((await world.find(id)).next_attempt_at).toBe(new Date(START + 5_000).toISOString());
    await world.runAll();
    expect(await world.find(id)).not.toHaveProperty("next_attempt_at");
  });
});
