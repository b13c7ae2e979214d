import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { getRecovery, startRecovery } from "../../../src/domain/deliveries/recoveries.ts";
import type { Recovery, RecoveryRequest } from "../../../src/schemas/recovery.ts";
import { listRunningRecoveries, recoverStep } from "../../../src/store/deliveries/recovery-rows.ts";
import { event, isTold, subscription } from "./recipients.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";
import { propertyRuns } from "../../support/property-runs.ts";

const ALL: RecoveryRequest = { from: "0", which: "all" };
const FAILED: RecoveryRequest = { from: "0", which: "failed" };
const newest = async (world: World) => `${(await world.subscriptions()).at(-1)?.id}`;

/** Starts a recovery, and delivers its first deliveries. */
async function recover(world: World, request: RecoveryRequest, context = world.context): Promise<Recovery> {
  const path = { project: "shop", id: await newest(world) };
  const { id } = await startRecovery(context, OWNER, path, request);
  await world.deliver();
  return watch(world, id);
}

async function watch({ context }: World, recovery: number | string): Promise<Recovery> {
  const [subscription_id] = await rows<{ subscription_id: number }>(
    context,
    `SELECT subscription_id FROM recoveries WHERE id = ${recovery}`,
  );
  const path = { project: "shop", id: `${subscription_id?.subscription_id}`, recovery: `${recovery}` };
  return getRecovery(context.db, OWNER, path);
}

/** The IDs of the events that receivers got, in ascending order. */
function told({ received }: World): number[] {
  return received.map(({ body }) => Number((JSON.parse(body) as { id: string }).id)).toSorted((one, two) => one - two);
}

const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);
const some = (count: number) => upTo(count).map(() => anEvent());

/**
 * A process that dies before transaction `batches` + 1. `rowsRead` has the number of rows that each transaction read.
 */
function dying({ context }: World, batches: number): Context & { rowsRead: number[] } {
  const rowsRead: number[] = [];
  let seen = context.usage.rowsRead;
  const batch: Context["db"]["batch"] = async (statements) => {
    if (rowsRead.length >= batches) throw new Error("killed");
    const results = await context.db.batch<never>(statements);
    rowsRead.push(context.usage.rowsRead - seen);
    seen = context.usage.rowsRead;
    return results;
  };
  return { ...context, db: { ...context.db, batch }, rowsRead };
}

async function rows<Row>({ db }: Context, sql: string): Promise<Row[]> {
  return (await db.prepare(sql).all<Row>()).results;
}

async function failOne(world: World): Promise<void> {
  await world.record(anEvent());
  world.answer = () => new Response("", { status: 500 });
  await world.deliver();
  world.elapse(1);
  await world.deliver();
  expect((await world.deliveries()).at(-1)).toMatchObject({ state: "failed", attempts: 2 });
  world.answer = () => new Response("ok");
  world.received = [];
}

describe("recovering all", () => {
  it("tells a subscription of what was recorded before it existed, from the event that is named", async () => {
    const world = await aWorld();
    await world.record(...some(5));
    await world.subscribe(aWebhook());
    expect(await recover(world, { from: "3", which: "all" })).toMatchObject({ state: "finished", recovered: 3 });
    expect(told(world)).toEqual([3, 4, 5]);
  });

  it("tells it of exactly those that it may be told of, each once, whatever they and it are", async () => {
    const world = await aWorld();
    await fc.assert(
      fc.asyncProperty(
        subscription,
        fc.array(event, { minLength: 1, maxLength: 12 }),
        fc.nat(14),
        async (entry, events, skipped) => {
          await world.context.db.prepare("DELETE FROM deliveries").run();
          await world.subscribe();
          const firstId = await world.record(...events);
          await world.subscribe(aWebhook(entry));
          const from = firstId + skipped;
          const expected = events.flatMap((recorded, offset) =>
            offset >= skipped && isTold(entry, recorded) ? [firstId + offset] : [],
          );
          world.received = [];
          const recovery = await recover(world, { from: `${from}`, which: "all" });
          expect(recovery).toMatchObject({ state: "finished", recovered: expected.length });
          const made = await rows<{ event_id: number; state: string }>(
            world.context,
            "SELECT event_id, state FROM deliveries ORDER BY event_id",
          );
          const state = entry.enabled ? "delivered" : "held";
          expect(made).toEqual(expected.map((event_id) => ({ event_id, state })));
          expect(told(world)).toEqual(entry.enabled ? expected : []);
        },
      ),
      { numRuns: propertyRuns() },
    );
  });

  it("sends what has arrived once more, under the same webhook-id", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    await world.deliver();
    await recover(world, ALL);
    const [first, second] = world.received.map(({ headers }) => headers.get("webhook-id"));
    expect(second).toBe(first);
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 2 }]);
  });

  it.each(["pending", "held", "cancelled"])(
    "leaves a delivery that is %s alone, and does not count it",
    async (state) => {
      const world = await aWorld();
      await world.subscribe(aWebhook());
      await world.record(anEvent());
      world.queue = [];
      await world.context.db.prepare("UPDATE deliveries SET state = ?, attempts = 3").bind(state).run();
      const [before] = await world.deliveries();
      world.elapse(60);
      expect(await recover(world, ALL)).toMatchObject({ state: "finished", recovered: 0 });
      expect(await world.deliveries()).toEqual([before]);
      expect(world.received).toEqual([]);
    },
  );

  it("does not go beyond the event that was the newest when it began", async () => {
    const world = await aWorld();
    await world.record(...some(2));
    await world.subscribe(aWebhook());
    const { id } = await recover(world, ALL, dying(world, 0));
    await world.record(anEvent());
    await world.context.db.prepare("DELETE FROM deliveries").run();
    await world.sweep();
    expect(await watch(world, Number(id))).toMatchObject({ state: "finished", recovered: 2 });
    expect(await world.deliveries()).toHaveLength(2);
  });

  it.each(["3", "9007199254740993", "9999999999999999999"])(
    "from %s, beyond every event, is finished at once",
    async (from) => {
      const world = await aWorld();
      await world.record(...some(2));
      await world.subscribe(aWebhook());
      expect(await recover(world, { from, which: "all" })).toMatchObject({ state: "finished", recovered: 0 });
      expect(await recover(world, { from, which: "failed" })).toMatchObject({ state: "finished", recovered: 0 });
    },
  );
});

describe("recovering what failed", () => {
  it("sends that alone, under the same webhook-id and with a fresh schedule", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "1" });
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    await world.deliver();
    await failOne(world);
    world.answer = () => new Response("", { status: 500 });
    expect(await recover(world, FAILED)).toMatchObject({ state: "finished", recovered: 1 });
    world.elapse(1);
    await world.deliver();
    expect(world.received.map(({ headers }) => headers.get("webhook-id"))).toEqual(["msg_2", "msg_2"]);
    expect(await world.deliveries()).toMatchObject([
      { state: "delivered", attempts: 1 },
      { state: "failed", attempts: 4 },
    ]);
  });

  it("begins with the event that is named", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "1" });
    await world.subscribe(aWebhook());
    await failOne(world);
    await failOne(world);
    expect(await recover(world, { from: "2", which: "failed" })).toMatchObject({ recovered: 1 });
    expect(told(world)).toEqual([2]);
  });

  it.each([
    ["groups", { allowed_groups: ["ops"] }],
    ["types", { event_types: ["USER_SIGNUP"] }],
  ])("does not send what the subscription's %s leave out by now", async (_, change) => {
    const world = await aWorld({ RETRY_SCHEDULE: "1" });
    await world.subscribe(aWebhook());
    await failOne(world);
    await world.context.db
      .prepare(`UPDATE events SET json = substr(json, 1, length(json) - 1) || ',"allowed_groups":["devs"]}'`)
      .run();
    await world.subscribe(aWebhook({ id: await newest(world), ...change }));
    expect(await recover(world, FAILED)).toMatchObject({ state: "finished", recovered: 0 });
    expect(await world.deliveries()).toMatchObject([{ state: "failed", attempts: 2 }]);
  });
});

describe("a recovery", () => {
  it("of a subscription that is disabled holds everything until it is revived", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "1" });
    await world.subscribe(aWebhook());
    await failOne(world);
    await world.subscribe(aWebhook({ id: await newest(world), enabled: false }));
    expect(await recover(world, ALL)).toMatchObject({ state: "finished", recovered: 1 });
    expect(await world.deliveries()).toMatchObject([{ state: "held" }]);
    await world.subscribe(aWebhook({ id: await newest(world) }));
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 3 }]);
  });

  it("of a subscription whose receiver is down holds everything but the probe, and is delivered when that arrives", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "1,1,1,1,1,1" });
    await world.record(...some(20));
    await world.subscribe(aWebhook());
    await world.record(...some(5));
    world.answer = () => new Response("", { status: 503 });
    for (let second = 0; second < 4; second++) {
      await world.deliver();
      world.elapse(1);
    }
    world.received = [];
    await recover(world, { from: "1", which: "all" });
    expect(world.received.length).toBeLessThanOrEqual(1);
    world.answer = () => new Response("ok");
    for (let minute = 0; minute < 10; minute++) {
      world.elapse(60);
      await world.sweep();
      await world.deliver();
    }
    expect(new Set(told(world))).toEqual(new Set(upTo(25)));
    expect((await world.deliveries()).every(({ state }) => state === "delivered")).toBe(true);
  });

  it("whose subscription is deleted in the middle ends, leaves nothing on its way, and can still be watched", async () => {
    const world = await aWorld();
    await world.record(...some(250));
    await world.subscribe(aWebhook());
    const { id } = await recover(world, ALL, dying(world, 1));
    expect(await watch(world, Number(id))).toMatchObject({ state: "running", recovered: 100 });
    await world.subscribe();
    await world.sweep();
    await world.deliver();
    expect(await watch(world, Number(id))).toMatchObject({ state: "finished", recovered: 100 });
    expect(await world.deliveries()).toHaveLength(100);
    expect((await world.deliveries()).filter(({ state }) => state === "pending")).toEqual([]);
  });

  it.each([0, 1, 5])(
    "whose process dies after %i steps is finished by the sweep, each event told once",
    async (steps) => {
      const world = await aWorld();
      for (let hundred = 0; hundred < 10; hundred++) await world.record(...some(100));
      await world.subscribe(aWebhook());
      const recovery = await recover(world, ALL, dying(world, steps));
      expect(recovery).toMatchObject({ state: "running", recovered: steps * 100 });
      await world.sweep();
      await world.deliver();
      expect(await watch(world, Number(recovery.id))).toMatchObject({ state: "finished", recovered: 1000 });
      expect(told(world)).toEqual(upTo(1000));
    },
  );

  it("that another process has taken further meanwhile sends nothing twice", async () => {
    const world = await aWorld();
    await world.record(...some(3));
    await world.subscribe(aWebhook());
    const path = { project: "shop", id: await newest(world) };
    const { id } = await startRecovery(dying(world, 0), OWNER, path, ALL);
    const now = world.context.now();
    const [recovery] = await listRunningRecoveries(world.context.db, [], 1);
    if (recovery === undefined) throw new Error("no recovery runs");
    const step = { recovery, eventIds: [1, 2], cursor: 2, now, sweepAt: now };
    expect(await recoverStep(world.context.db, step)).toHaveLength(2);
    await world.sweep();
    await world.deliver();
    expect(await recoverStep(world.context.db, step)).toEqual([]);
    expect(await watch(world, id)).toMatchObject({ state: "finished", recovered: 3 });
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
  });

  it.each([ALL, FAILED])("%j goes in steps that cost what they write, however much there is", async (request) => {
    const world = await aWorld();
    await world.record(...some(100));
    await world.subscribe(aWebhook({ allowed_groups: ["devs", "ops"] }));
    for (let hundred = 0; hundred < 30; hundred++) {
      await world.record(...some(100).map((one) => ({ ...one, allowed_groups: ["devs", "ops"] })));
    }
    await world.context.db.prepare("UPDATE deliveries SET state = 'failed', settled_at = 1").run();
    world.queue = [];
    const watched = dying(world, Infinity);
    const id = await newest(world);
    const recovery = await startRecovery(watched, OWNER, { project: "shop", id }, request);
    await world.sweep();
    const { recovered, state } = await watch(world, recovery.id);
    expect([state, recovered]).toEqual(["finished", request.which === "all" ? 3100 : 3000]);
    expect(Math.max(...watched.rowsRead)).toBeLessThanOrEqual(request.which === "all" ? 20 * 100 : 10 * 500);
  });

  it("is refused while another of the subscription runs, also when both are asked for at once", async () => {
    const world = await aWorld();
    await world.record(...some(2));
    await world.subscribe(aWebhook());
    const path = { project: "shop", id: await newest(world) };
    const asked = await Promise.allSettled(
      [ALL, ALL, FAILED].map((one) => startRecovery(dying(world, 0), OWNER, path, one)),
    );
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of asked) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "conflict" });
    await world.sweep();
    expect(await recover(world, ALL)).toMatchObject({ state: "finished" });
  });

  it("that cannot go on leaves the others be", async () => {
    const world = await aWorld();
    await world.record(...some(2));
    await world.subscribe(...upTo(4).map((number) => aWebhook({ url: `https://hooks.example.com/${number}` })));
    for (const { id } of await world.subscriptions()) {
      await startRecovery(dying(world, 0), OWNER, { project: "shop", id: `${id}` }, ALL);
    }
    await world.context.db
      .prepare("UPDATE recoveries SET selection = 'nothing that there is' WHERE id IN (1, 3)")
      .run();
    await world.sweep();
    await world.deliver();
    const states = await Promise.all(upTo(4).map(async (id) => (await watch(world, id)).state));
    expect(states).toEqual(["running", "finished", "running", "finished"]);
    expect(told(world)).toEqual([1, 1, 2, 2]);
  });
});
