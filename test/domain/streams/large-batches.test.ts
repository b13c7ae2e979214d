import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { replaceStream } from "../../../src/domain/streams/set-streams.ts";
import { ChangedStream } from "../../../src/schemas/stream.ts";
import { moveAllHistory } from "../../support/moved-history.ts";
import { aStream, aStreamsWorld, metered, OPERATOR, type StreamsWorld } from "./streams-world.ts";

const MIB = 1_048_576;
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
});

const sentIds = () => world.received.map(({ ids }) => ids);

/** An event whose JSON grows by a byte for each byte of the text. */
function anEventOf(text: string, fields: object = {}) {
  return { timestamp: "1763859600123456789", ...fields, data: { text } };
}

async function storedLines(): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT json FROM events ORDER BY id").all<{ json: string }>();
  return results.map(({ json }) => json);
}

describe("a batch of exactly the largest size", () => {
  const large = range(1, 37).map((number) => anEventOf(number % 2 === 0 ? "x".repeat(28_000) : "語é𝄞".repeat(3_000)));

  /** Records a last event with which the body of all events has this size. */
  async function fillUpTo(bytes: number): Promise<void> {
    await world.record(...large, anEventOf(""));
    const size = new TextEncoder().encode((await storedLines()).map((line) => `${line}\n`).join("")).byteLength;
    await env.DB.prepare("DELETE FROM events WHERE id > 37").run();
    await env.DB.prepare("UPDATE sqlite_sequence SET seq = 37 WHERE name = 'events'").run();
    await env.DB.prepare("DELETE FROM feed_entries WHERE event_id > 37").run();
    await world.record(anEventOf("x".repeat(bytes - size)));
  }

  it("is sent in one request", async () => {
    await world.create({ after: "0" });
    await fillUpTo(MIB - 2); // two bytes are kept for the brackets of an array
    await world.runAll();
    expect(sentIds()).toEqual([range(1, 38)]);
    expect(world.received[0]?.bytes).toBe(MIB - 2);
    expect(world.received[0]?.body).toBe((await storedLines()).map((line) => `${line}\n`).join(""));
  });

  it("ends before the event that is a byte too large", async () => {
    await world.create({ after: "0" });
    await fillUpTo(MIB - 1);
    await world.runAll();
    expect(sentIds()).toEqual([range(1, 37), [38]]);
  });
});

describe("a stream of large events", () => {
  it.each([
    ["without a filter", {}, range(1, 120)],
    ["with a filter", { type: ["USER_SIGNUP"] }, range(1, 120).filter((id) => id % 2 === 0)],
  ])("%s takes two queries for each further batch, and no event is missing", async (_, listing, expected) => {
    await world.create({ after: "0", listing });
    const types = ["ADD_BUILD", "USER_SIGNUP"];
    await world.record(...range(1, 120).map((id) => anEventOf("語".repeat(10_000), { type: types[(id + 1) % 2] })));
    const context = metered(world);
    await world.runOnce(context);
    expect(sentIds().flat()).toEqual(expected);
    expect(world.received.length).toBeGreaterThan(1);
    expect(Math.max(...world.received.map(({ bytes }) => bytes))).toBeLessThanOrEqual(MIB);
    const batches = world.received.length;
    expect(context.usage.queries).toBe(4 + 2 * (batches - 1));
    expect(context.usage.rowsRead).toBeLessThanOrEqual(batches * (4 * 120 + 4 * 36 + 40));
  });
});

it("is sent again unchanged after a part of its large events has moved to the archive", async () => {
  await world.create({ after: "0" });
  await world.record(...range(1, 300).map((number) => anEventOf((number % 2 === 0 ? "x" : "語").repeat(1_800))));
  world.answer = () => new Response("no", { status: 500 });
  await world.run();
  const lines = await storedLines();
  await moveAllHistory();
  world.answer = () => new Response("ok");
  await world.runAll();
  const [before, after] = world.received;
  expect(before?.bounds[1]).toBeGreaterThan(256);
  expect([after?.body, after?.webhookId]).toEqual([before?.body, before?.webhookId]);
  expect(sentIds().slice(1).flat()).toEqual(range(1, 300));
  expect(
    world.received
      .slice(1)
      .map(({ body }) => body)
      .join(""),
  ).toBe(lines.map((line) => `${line}\n`).join(""));
});

it("has the same events under another webhook-id if the format changes", async () => {
  const { id } = await world.create({ after: "0", format: "ocsf" });
  await world.record(...range(1, 40).map(() => anEventOf("x".repeat(20_000))));
  world.answer = () => new Response("no", { status: 500 });
  await world.run();
  await replaceStream(world.context, OPERATOR, id, ChangedStream.parse(aStream({ format: "tidings" })));
  world.answer = () => new Response("ok");
  await world.runAll();
  const [before, after] = world.received;
  expect(after?.bounds).toEqual(before?.bounds);
  expect(after?.webhookId).not.toBe(before?.webhookId);
  expect(after?.body).toBe((await storedLines()).map((line) => `${line}\n`).join(""));
});
