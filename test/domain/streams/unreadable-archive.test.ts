import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { openArchive } from "../../../src/bucket/archive-objects.ts";
import { ArchiveCache } from "../../../src/bucket/archive-cache.ts";
import { getStream, listAllStreams } from "../../../src/domain/streams/list-streams.ts";
import { previewRewind } from "../../../src/domain/streams/preview-rewind.ts";
import { noUsage } from "../../../src/store/database.ts";
import { aFailingBucket, type ArchiveFault } from "../../support/failing-archive.ts";
import { moveAllHistory } from "../../support/moved-history.ts";
import { aStreamsWorld, OPERATOR, type StreamsWorld } from "./streams-world.ts";

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

let world: StreamsWorld;
beforeEach(async () => {
  world = await aStreamsWorld();
  await world.record(...Array.from({ length: 600 }, () => ({ state_project: "shop" })));
  await moveAllHistory();
});

/** The service while its archive has a fault. Nothing of the archive is in a cache. */
function withFault(fault: ArchiveFault | "unbound"): Context {
  const archive = fault === "unbound" ? undefined : openArchive(aFailingBucket(fault), noUsage());
  return { ...world.context, archive, archiveCache: new ArchiveCache() };
}

it.each([
  ["away", "the archive cannot be read, so the stream waits, and tries again by itself: the bucket does not respond"],
  ["missing", "an object is missing, and the log of the service names it"],
  ["damaged", "an object is damaged, and the log of the service names it"],
  ["unbound", "the service has no bucket ARCHIVE"],
] as const)(
  "says that the archive cannot be read (%s), waits longer each time, and goes on by itself",
  async (fault, words) => {
    const { id } = await world.create({ after: "0" });
    const context = withFault(fault);
    world.hints = [];
    for (const waitSeconds of [5, 30, 120]) {
      await world.runOnce(context);
      expect(world.hints.splice(0)).toEqual([world.now + waitSeconds * 1000]);
      const { stream } = await getStream(context, OPERATOR, id);
      expect(stream).toMatchObject({ status: "failing", after: "0" });
      expect(stream.last_error).toContain(words);
      expect(stream).not.toHaveProperty("behind");
      world.now += waitSeconds * 1000;
    }
    expect(world.received).toEqual([]);
    await world.runOnce();
    await world.runAll();
    expect(world.received.map(({ ids }) => ids)).toEqual([range(1, 600)]);
    const healthy = await world.find(id);
    expect(healthy).toMatchObject({ status: "active", after: "600", behind: { events: 0 } });
    expect(healthy).not.toHaveProperty("last_error");
  },
);

it("sends the stored batch unchanged when the archive can be read again", async () => {
  await world.create({ after: "0" });
  world.answer = () => new Response("no", { status: 500 });
  await world.run();
  world.now += 10_000;
  await world.runOnce(withFault("away"));
  expect(world.received).toHaveLength(1);
  world.answer = () => new Response("ok");
  world.now += 60_000;
  await world.runOnce();
  await world.runAll();
  const [before, after] = world.received;
  expect([after?.body, after?.webhookId]).toEqual([before?.body, before?.webhookId]);
});

it("is healthy again when the events of the archive turn out to be none of the stream's", async () => {
  const { id } = await world.create({ after: "0", listing: { username: "nobody" } });
  await world.runOnce(withFault("away"));
  expect(await world.find(id)).toMatchObject({ status: "failing" });
  world.now += 10_000;
  await world.runOnce();
  expect(world.received).toEqual([]);
  const { last_error, ...stream } = await world.find(id);
  expect(stream).toMatchObject({ status: "active", after: "600" });
  expect(last_error).toBeUndefined();
});

it("delays no stream whose events are in D1", async () => {
  await world.create({ after: "0" });
  await world.create({ after: "560" });
  await world.runOnce(withFault("away"));
  expect(world.received.map(({ ids }) => ids)).toEqual([range(561, 600)]);
});

it("does not hide the streams from operators, but cannot say what a rewind would send", async () => {
  const { id } = await world.create();
  const context = withFault("missing");
  expect(await listAllStreams(context, OPERATOR)).toMatchObject([
    { stream: { status: "active", behind: { events: 0 } } },
  ]);
  await expect(previewRewind(context, OPERATOR, id, "3")).rejects.toMatchObject({ code: "unavailable" });
  expect(await env.DB.prepare("SELECT after_id FROM streams").first("after_id")).toBe(600);
});
