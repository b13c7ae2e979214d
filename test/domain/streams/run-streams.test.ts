import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { recordEvents } from "../../../src/domain/events/record-events.ts";
import { HintPace } from "../../../src/domain/hint-pace.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { pauseStream, rewindStream } from "../../../src/domain/streams/steer-stream.ts";
import { moveAllHistory } from "../../support/moved-history.ts";
import { aStreamsWorld, metered, OPERATOR, RECEIVER, START, type StreamsWorld } from "./streams-world.ts";

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

const events = (count: number, fields = {}) => Array.from({ length: count }, () => fields);
const sentIds = () => world.received.map(({ ids }) => ids);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const fails = (status: number, headers = {}) => new Response("no", { status, headers });

describe("a stream", () => {
  it("sends events in order of ID, and says how far it has come", async () => {
    const { id } = await world.create();
    await world.record(...events(3));
    await world.runAll();
    expect(world.received).toMatchObject([{ url: RECEIVER, ids: [1, 2, 3], bounds: [1, 3] }]);
    expect(await world.find(id)).toMatchObject({ status: "active", after: "3", behind: { events: 0 } });
  });

  it("begins after the newest event, or after the event in `after`", async () => {
    await world.record(...events(3));
    await world.create();
    await world.create({ after: "1" });
    await world.runAll();
    expect(sentIds()).toEqual([[2, 3]]);
  });

  it("carries what its groups may see, and only its listing", async () => {
    await world.record(
      { state_project: "shop" },
      { state_project: "shop", allowed_groups: ["devs"] },
      { state_project: "shop", allowed_groups: ["sales"] },
      { state_project: "other" },
      { state_project: "shop", type: "USER_SIGNUP" },
    );
    const listing = { state_project: "shop", type: ["ADD_BUILD"] };
    await world.create({ after: "0", allowed_groups: ["devs"], listing });
    await world.runAll();
    await world.create({ after: "0", listing });
    await world.runAll();
    expect(sentIds()).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });

  it("sends at most 1,000 events in a batch, one batch after another", async () => {
    await world.create();
    await world.record(...events(2100));
    await world.runAll();
    expect(sentIds()).toEqual([range(1, 1000), range(1001, 2000), range(2001, 2100)]);
  });

  it("sends at most 1 MiB in a batch, and a larger event alone", async () => {
    await world.create();
    const large = { data: { text: "x".repeat(30_000) } };
    await world.record(...events(70, large));
    await world.runAll();
    expect(sentIds().flat()).toEqual(range(1, 70));
    expect(world.received.map(({ bytes }) => bytes <= 1024 * 1024)).toEqual([true, true, true]);
    expect(sentIds()[0]?.length).toBeGreaterThan(30);
  });

  it("costs three queries and two written rows for a batch of 1,000 events, and one query for all streams", async () => {
    await world.create();
    await world.record(...events(1000));
    const context = metered(world);
    await world.runOnce(context);
    expect(sentIds().map(({ length }) => length)).toEqual([1000]);
    expect(context.usage).toMatchObject({ queries: 4, rowsWritten: 2 });
    expect(context.usage.rowsRead).toBeLessThan(2 * 1000 + 2 * 1001 + 6 * 2 + 20 + 20);
  });

  it("costs two queries and one written row for each further batch", async () => {
    await world.create();
    await world.record(...events(3000));
    const context = metered(world);
    await world.runOnce(context);
    expect(sentIds().map(({ length }) => length)).toEqual([1000, 1000, 1000]);
    expect(context.usage).toMatchObject({ queries: 4 + 2 * 2, rowsWritten: 2 + 2 });
  });

  it("begins to read the batch after the next one while it stores that a batch has arrived", async () => {
    await world.create();
    await world.record(...events(3500));
    const calls: string[] = [];
    await world.runOnce(watched((call) => void calls.push(call)));
    expect(sentIds().map(({ length }) => length)).toEqual([1000, 1000, 1000, 500]);
    const [begun, ended] = [calls.indexOf("move begins"), calls.indexOf("move ends")];
    expect(calls.slice(begun, ended)).toContain("read begins");
  });

  it("writes nothing if there is nothing to send", async () => {
    await world.create();
    const context = metered(world);
    await world.runOnce(context);
    expect(context.usage).toMatchObject({ queries: 2, rowsWritten: 0 });
  });
});

/** The world, in which `note` learns when a move or a read of a batch begins and ends. */
function watched(note: (call: string) => void): Context {
  const { db } = world.context;
  const watch = (statement: D1PreparedStatement, name: string) => {
    const all = async () => {
      note(`${name} begins`);
      const result = await statement.all();
      note(`${name} ends`);
      return result;
    };
    const own = { bind: (...values: unknown[]) => watch(statement.bind(...values), name), all, run: all };
    return own as unknown as D1PreparedStatement; // the runner calls only these
  };
  const nameOf = (sql: string) => (sql.startsWith("UPDATE streams SET after_id") ? "move" : "read");
  return { ...world.context, db: { ...db, prepare: (sql) => watch(db.prepare(sql), nameOf(sql)) } };
}

it("hints after a recording only if a stream is enabled, and at most every two seconds", async () => {
  await world.record({});
  expect(world.hints).toEqual([]);
  const { id } = await world.create();
  await world.run();
  for (let count = 0; count < 5; count++) await world.record({});
  expect(world.hints).toEqual([START, START + 2000]);
  await pauseStream(world.context, OPERATOR, id);
  world.hints = [];
  world.now += 60_000;
  await world.record({});
  expect(world.hints).toEqual([]);
});

it("asks for another run if events were recorded while the lease was held", async () => {
  await world.create();
  await world.record({});
  world.answer = async () => {
    // The hint of another isolate arrives while the stream is leased, and is dropped.
    const elsewhere = { ...world.context, streamHintPace: new HintPace(), hints: { ...world.context.hints, streams } };
    if (world.received.length === 1) await recordEvents(elsewhere, [NewEvent.parse({ type: "ADD_BUILD" })]);
    return new Response("ok");
  };
  const streams = () => world.runOnce(metered(world));
  await world.runAll();
  expect(sentIds()).toEqual([[1], [2]]);
});

it("stores how far it has scanned, so that a rare filter does not scan the same events again", async () => {
  const { id } = await world.create({ listing: { type: ["USER_SIGNUP"] } });
  await world.record(...events(1000), { type: "USER_SIGNUP" });
  await world.runAll();
  await world.record(...events(1200));
  await world.runAll();
  expect(sentIds()).toEqual([[1001]]);
  expect(await world.find(id)).toMatchObject({ after: "2201" });
});

it("sends history from the archive as it was sent before the move, and the same batch again", async () => {
  await world.record(...events(600, { state_project: "shop" }), ...events(30, { allowed_groups: ["devs"] }));
  await world.create({ after: "0", allowed_groups: ["devs"] });
  world.answer = () => fails(500);
  await world.run();
  await moveAllHistory();
  expect(await env.DB.prepare("SELECT min(id) FROM events").first("min(id)")).toBe(513);
  world.answer = () => new Response("ok");
  await world.runAll();
  const [before, after] = world.received;
  expect(sentIds()).toEqual([range(1, 630), range(1, 630)]);
  expect([after?.body, after?.webhookId]).toEqual([before?.body, before?.webhookId]);
});

it("stops as failing and names the first event that retention has deleted, until an operator rewinds it", async () => {
  const { id } = await world.create();
  await world.record(...events(5));
  await env.DB.prepare("INSERT INTO archive_state (id, deleted_to) VALUES (1, 3)").run();
  await world.run();
  const { last_error, ...stream } = await world.find(id);
  expect(stream).toMatchObject({ status: "failing", after: "0" });
  expect(last_error).toContain("from 1 to 3");
  await rewindStream(world.context, OPERATOR, id, "0");
  await world.runAll();
  expect(sentIds()).toEqual([[4, 5]]);
  expect(await world.find(id)).toMatchObject({ status: "active", after: "5" });
});
