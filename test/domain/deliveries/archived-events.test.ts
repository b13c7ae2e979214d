import { describe, expect, it } from "vitest";
import { openArchive } from "../../../src/bucket/archive-objects.ts";
import { browseDeliveries } from "../../../src/domain/deliveries/browse-deliveries.ts";
import { redeliver } from "../../../src/domain/deliveries/list-deliveries.ts";
import { startRecovery } from "../../../src/domain/deliveries/recoveries.ts";
import { DeliveryQuery } from "../../../src/schemas/delivery.ts";
import { archiveAll, fillBundle } from "../../support/archive-all.ts";
import { aFailingBucket, type ArchiveFault } from "../../support/failing-archive.ts";
import { anEvent, aWebhook, aWorld, OWNER, START, type World } from "./world.ts";

const wait: World["context"]["wait"] = (milliseconds) => scheduler.wait(milliseconds);

/** Replaces the archive of the later invocations. They run in a new isolate, which has no bundle. */
function withArchive(world: World, fault?: ArchiveFault, isFaulty?: (key: string) => boolean): void {
  world.context.wait = fault === "silent" ? () => Promise.resolve() : wait;
  world.context.archiveCache = { get: () => undefined, set: () => {} } as unknown as World["context"]["archiveCache"];
  const bucket = aFailingBucket(fault ?? "away", fault === undefined ? () => false : isFaulty);
  world.context.archive = openArchive(bucket, world.context.usage);
}

/** A delivery that is still pending when its event is moved. The event before it was delivered. */
async function aPendingDelivery(more: object = {}): Promise<World> {
  const world = await aWorld({ RETRY_SCHEDULE: "5,5" });
  await world.subscribe(aWebhook());
  await world.record(anEvent());
  await world.deliver();
  world.answer = () => new Response("", { status: 503 });
  await world.record(anEvent(more));
  await world.deliver();
  world.answer = () => new Response("ok");
  world.received = [];
  await archiveAll();
  withArchive(world);
  world.elapse(5);
  return world;
}

/** What this isolate's earlier queries have found out. */
function seesNoArchive(world: World): void {
  world.context.db.archiveMemory.noteFloor(0);
}

const bodies = ({ received }: World) => received.map(({ body }) => body);
const events = (world: World, event: string) => world.lines.filter((line) => line.event === event);

describe("a pending delivery whose event was archived", () => {
  it("is delivered with the same bytes, for one GET", async () => {
    const data = { big: 1e15, note: "é\u2028" };
    const world = await aWorld({ RETRY_SCHEDULE: "5" });
    await world.subscribe(aWebhook());
    world.answer = () => new Response("", { status: 503 });
    await world.record(anEvent({ data }));
    await world.deliver();
    seesNoArchive(world);
    await archiveAll();
    expect(await world.rows("SELECT * FROM events")).toEqual([]);
    withArchive(world);
    world.elapse(5);
    world.answer = () => new Response("ok");
    await world.deliver();
    const [first, second] = bodies(world);
    expect(second).toBe(first);
    expect(world.context.usage.r2Gets).toBe(1);
    expect(await world.deliveries()).toEqual([expect.objectContaining({ state: "delivered", attempts: 2 })]);
  });

  it.each<[ArchiveFault, string | undefined]>([
    ["away", "archive_unavailable"],
    ["missing", "archive_object_missing"],
    ["damaged", "archive_object_damaged"],
    ["silent", undefined],
  ])("is given back without an attempt while the archive is %s, and delivered later", async (fault, line) => {
    const world = await aPendingDelivery();
    withArchive(world, fault);
    for (let round = 0; round < 3; round++) {
      await world.deliver();
      expect((await world.deliveries()).at(-1)).toMatchObject({ state: "pending", attempts: 1 });
      world.elapse(120);
    }
    expect(bodies(world)).toEqual([]);
    expect((await world.attempts()).length).toBe(2);
    if (line !== undefined) expect(events(world, line).length).toBe(3);
    expect(events(world, "batch").at(-1)).toMatchObject({ claimed: 1, released: 1 });
    withArchive(world);
    await world.deliver();
    expect((await world.deliveries()).at(-1)).toMatchObject({ state: "delivered", attempts: 2 });
    expect(bodies(world).length).toBe(1);
  });

  it("that was given back is found by the sweep if the hint is lost", async () => {
    const world = await aPendingDelivery();
    withArchive(world, "away");
    await world.deliver();
    world.queue = [];
    withArchive(world);
    world.elapse(300);
    await world.sweep();
    await world.deliver();
    expect((await world.deliveries()).at(-1)).toMatchObject({ state: "delivered", attempts: 2 });
  });

  it("does not delay the other deliveries of its batch", async () => {
    const world = await aPendingDelivery();
    await world.record(anEvent({ username: "hot" }));
    for (const fault of ["away", "missing", "damaged", "silent"] as const) {
      withArchive(world, fault);
      await world.deliver();
      world.elapse(120);
    }
    expect(bodies(world).map((body) => (JSON.parse(body) as { username: string }).username)).toEqual(["hot"]);
    expect(await world.deliveries()).toMatchObject([
      { state: "delivered" },
      { state: "pending", attempts: 1 },
      { state: "delivered", attempts: 1 },
    ]);
  });

  it("does not delay deliveries whose events are in other bundles", async () => {
    const world = await aPendingDelivery();
    world.answer = () => new Response("", { status: 503 });
    await world.record(anEvent({ username: "other" }));
    await world.deliver();
    world.answer = () => new Response("ok");
    world.received = [];
    await archiveAll();
    withArchive(world, "missing", (key) => key.includes("/0000000000000001-"));
    world.elapse(5);
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([
      { state: "delivered" },
      { state: "pending", attempts: 2 },
      { state: "delivered", attempts: 2 },
    ]);
  });

  it("does not stay the probe of an open breaker, so that other deliveries can be sent", async () => {
    const world = await aPendingDelivery();
    await world.record(anEvent());
    await world.context.db.batch(
      [
        `UPDATE subscriptions SET consecutive_failures = 10, probe_delivery_id = 2, failing_since = ${START}`,
        "UPDATE deliveries SET state = 'held' WHERE id = 3",
      ].map((sql) => world.context.db.prepare(sql)),
    );
    withArchive(world, "missing");
    for (let minute = 0; minute < 10; minute++) {
      await world.deliver();
      await world.sweep();
      world.elapse(60);
    }
    expect(await world.deliveries()).toMatchObject([
      { state: "delivered" },
      { state: "pending", attempts: 1 },
      { state: "delivered", attempts: 1 },
    ]);
    expect((await world.subscriptions())[0]).toMatchObject({ consecutive_failures: 0 });
    withArchive(world);
    world.elapse(120);
    await world.deliver();
    expect((await world.deliveries())[1]).toMatchObject({ state: "delivered", attempts: 2 });
  });

  it("fails, as for a deleted event, once retention has deleted the event", async () => {
    const world = await aPendingDelivery();
    await world.context.db.prepare("UPDATE archive_state SET deleted_to = boundary").run();
    await world.deliver();
    expect((await world.deliveries()).at(-1)).toMatchObject({ state: "failed" });
    expect((await world.attempts()).at(-1)?.reason).toBe("the event or the subscription was deleted");
    expect(world.context.usage.r2Gets).toBe(0);
  });
});

/** Records an event whose delivery fails. */
async function recordAndFail(world: World, more: object = {}): Promise<void> {
  world.answer = () => new Response("", { status: 500 });
  await world.record(anEvent(more));
  await world.deliver();
  world.elapse(1);
  await world.deliver();
  expect((await world.deliveries()).at(-1)).toMatchObject({ state: "failed", attempts: 2 });
  world.answer = () => new Response("ok");
  world.received = [];
}

/** A delivery that failed before its event was moved. */
async function aFailedDelivery(more: object = {}): Promise<World> {
  const world = await aWorld({ RETRY_SCHEDULE: "1" });
  await world.subscribe(aWebhook({ event_types: ["ADD_BUILD"], allowed_groups: ["devs"] }));
  await recordAndFail(world, more);
  await archiveAll();
  withArchive(world);
  return world;
}

describe("an archived event", () => {
  it("is sent again on request", async () => {
    const world = await aFailedDelivery();
    await redeliver(world.context, OWNER, "1");
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "delivered" }]);
  });

  it("is not sent again if the subscription does not take it any more", async () => {
    const world = await aFailedDelivery({ allowed_groups: ["devs"] });
    await world.subscribe({ ...aWebhook(), id: "1", allowed_groups: ["ops"] });
    await expect(redeliver(world.context, OWNER, "1")).rejects.toMatchObject({ code: "conflict" });
    await startRecovery(world.context, OWNER, { project: "shop", id: "1" }, { from: "0", which: "failed" });
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "failed" }]);
  });

  it("is not sent again on request while it cannot be read", async () => {
    const world = await aFailedDelivery();
    withArchive(world, "away");
    await expect(redeliver(world.context, OWNER, "1")).rejects.toMatchObject({
      code: "unavailable",
      headers: { "Retry-After": "5" },
    });
    expect(await world.deliveries()).toMatchObject([{ state: "failed" }]);
  });

  it("is recovered, after R2 responds again", async () => {
    const world = await aFailedDelivery();
    withArchive(world, "away");
    await startRecovery(world.context, OWNER, { project: "shop", id: "1" }, { from: "0", which: "failed" });
    await world.deliver();
    expect(await world.rows("SELECT finished_at FROM recoveries")).toEqual([{ finished_at: null }]);
    expect(events(world, "sweep_item_failed")).toHaveLength(1);
    withArchive(world);
    await world.sweep();
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "delivered" }]);
  });

  it.each(["missing", "damaged"] as const)(
    "is recovered although its object is %s, and waits until somebody has repaired it",
    async (fault) => {
      const world = await aFailedDelivery();
      withArchive(world, fault);
      await startRecovery(world.context, OWNER, { project: "shop", id: "1" }, { from: "0", which: "failed" });
      await world.deliver();
      expect(await world.rows("SELECT finished_at IS NULL AS runs FROM recoveries")).toEqual([{ runs: 0 }]);
      expect(await world.deliveries()).toMatchObject([{ state: "pending", attempts: 2 }]);
      withArchive(world);
      world.elapse(120);
      await world.deliver();
      expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 3 }]);
    },
  );

  it("is shown with its delivery, or only by its ID while it cannot be read", async () => {
    const world = await aFailedDelivery({ allowed_groups: ["devs"] });
    const browse = async () => {
      const { deliveries } = await browseDeliveries(world.context, OWNER, "shop", DeliveryQuery.parse({}));
      return deliveries.map(({ event, mayRedeliver }) => ({ id: event?.id, mayRedeliver }));
    };
    expect(await browse()).toEqual([{ id: "1", mayRedeliver: true }]);
    for (const fault of ["away", "missing", "damaged"] as const) {
      withArchive(world, fault);
      expect(await browse()).toEqual([{ id: undefined, mayRedeliver: false }]);
    }
  });
});

describe("a recovery of many archived events", () => {
  it("goes in steps of at most 40 bundles, and leaves none out", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "1" });
    await world.subscribe(aWebhook());
    for (let bundle = 0; bundle < 42; bundle++) {
      await recordAndFail(world);
      await fillBundle();
    }
    await archiveAll({}, 42 * 256);
    withArchive(world);
    const gets: number[] = [];
    const { db } = world.context;
    const batch: typeof db.batch = (statements) => {
      gets.push(world.context.usage.r2Gets);
      return db.batch(statements);
    };
    world.context.db = { ...db, batch };
    await startRecovery(world.context, OWNER, { project: "shop", id: "1" }, { from: "0", which: "failed" });
    await world.deliver();
    expect(world.received).toHaveLength(42);
    expect(gets.slice(0, 2)).toEqual([40, 42]);
  });
});
