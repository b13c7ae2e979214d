import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { BackgroundSlots } from "../../../src/domain/deliveries/background-slots.ts";
import { anEvent, aWebhook, aWorld, type World } from "./world.ts";

const DAY = 86_400;

async function withOneOfEachState(world: World): Promise<void> {
  const [row] = await world.subscribe(
    aWebhook(),
    aWebhook({ url: "https://other.example.com/", event_types: ["TEAM_CREATED"] }),
  );
  await world.record(anEvent(), anEvent(), anEvent(), anEvent(), anEvent());
  await world.deliver();
  for (const [index, state] of ["pending", "held", "delivered", "failed", "cancelled"].entries()) {
    const isSettled = index > 1;
    await env.DB.prepare("UPDATE deliveries SET state = ?, settled_at = ? WHERE id = ? AND subscription_id = ?")
      .bind(state, isSettled ? world.context.now() : null, index + 1, row?.id)
      .run();
  }
  await env.DB.prepare("UPDATE subscriptions SET enabled = 0").run();
}

describe("the sweep", () => {
  it("purges what was settled DELIVERY_RETENTION_DAYS ago, with its attempts, and nothing else", async () => {
    const world = await aWorld({ DELIVERY_RETENTION_DAYS: "10" });
    await withOneOfEachState(world);
    world.elapse(10 * DAY - 1);
    await world.sweep();
    expect(await world.deliveries()).toHaveLength(5);
    world.elapse(2);
    await world.sweep();
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(["pending", "held"]);
    expect((await world.attempts()).map(({ delivery_id }) => delivery_id)).toEqual([1, 2]);
    expect(await world.rows("SELECT * FROM events")).toHaveLength(5);
    expect(await world.rows("SELECT * FROM subscription_stats_hourly")).toEqual([]);
  });

  it("keeps 90 days unless told otherwise", async () => {
    const world = await aWorld();
    await withOneOfEachState(world);
    world.elapse(90 * DAY - 1);
    await world.sweep();
    expect(await world.deliveries()).toHaveLength(5);
    world.elapse(2);
    await world.sweep();
    expect(await world.deliveries()).toHaveLength(2);
  });

  it("purges in bounded steps", async () => {
    const world = await aWorld({ DELIVERY_RETENTION_DAYS: "1" });
    await env.DB.prepare(
      `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at, settled_at)
      WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 21500)
      SELECT i, 1, 'shop', 'delivered', 0, 0, 0, 1 FROM n`,
    ).run();
    await world.sweep();
    expect(await world.deliveries()).toHaveLength(1500);
    await world.sweep();
    expect(await world.deliveries()).toEqual([]);
  });

  it("purges a delivery that was attempted very often in bounded steps, with all of its attempts", async () => {
    const world = await aWorld({ DELIVERY_RETENTION_DAYS: "1" });
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at, settled_at)
        VALUES (1, 1, 'shop', 'delivered', 0, 0, 0, 1), (2, 1, 'shop', 'delivered', 0, 0, 0, 1)`,
      ),
      env.DB.prepare(
        `INSERT INTO attempts (delivery_id, number, started_at, outcome)
        WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 25000)
        SELECT 1, i, 0, 'retry' FROM n`,
      ),
    ]);
    await world.sweep();
    expect((await world.deliveries()).map(({ id }) => id)).toEqual([1]);
    expect(await world.attempts()).toHaveLength(5000);
    await world.sweep();
    expect(await world.deliveries()).toEqual([]);
    expect(await world.attempts()).toEqual([]);
  });

  it("goes on with its other tasks where one fails: a bad retention purges nothing and stops no hint", async () => {
    const world = await aWorld({ DELIVERY_RETENTION_DAYS: "soon" });
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    world.queue = [];
    world.elapse(200);
    await world.sweep();
    expect(world.queue).toHaveLength(1);
    expect(world.lines).toContainEqual(
      expect.objectContaining({
        event: "sweep_failed",
        task: "purge_deliveries",
        error: expect.stringContaining("DELIVERY_RETENTION_DAYS"),
      }),
    );
  });

  it("logs depth and age of what is due", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    const backlog = () => world.lines.findLast(({ event }) => event === "backlog");
    await world.sweep();
    expect(backlog()).toEqual({ event: "backlog", due: 0, is_more: false, oldest_due_seconds: 0 });
    await world.record(anEvent(), anEvent());
    world.queue = [];
    world.elapse(90);
    await world.record(anEvent());
    await world.sweep();
    expect(backlog()).toEqual({ event: "backlog", due: 3, is_more: false, oldest_due_seconds: 90 });
    world.answer = () => new Response("", { status: 500 });
    world.elapse(60);
    await world.sweep();
    await world.deliver();
    await world.sweep();
    expect(backlog()).toMatchObject({ due: 0 }); // the deliveries wait for their next attempts
  });
});

describe("a consumer's batch", () => {
  const HUNDRED = Array.from({ length: 100 }, (_, index) => index + 1);

  it("of 100 goes to D1 twice", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook(), aWebhook({ url: "https://failing.example.com/" }));
    await world.record(...Array.from({ length: 50 }, () => anEvent()));
    world.answer = ({ url }) => new Response("", { status: url.includes("failing") ? 500 : 200 });
    let roundTrips = 0;
    const { db } = world.context;
    world.context.db = {
      ...db,
      batch: (statements) => {
        roundTrips += 1;
        return db.batch(statements);
      },
    };
    const alone = vi.spyOn(Object.getPrototypeOf(env.DB.prepare("SELECT 1")), "all");
    await attemptDeliveries(world.context, HUNDRED);
    expect(world.received.length).toBeGreaterThan(50);
    expect(roundTrips).toBe(2);
    expect(alone).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("is settled without waiting for a receiver that hangs", async () => {
    const world = await aWorld({ DELIVERY_TIMEOUT_SECONDS: "3" });
    await world.subscribe(aWebhook(), aWebhook({ url: "https://hangs.example.com/" }));
    await world.record(anEvent(), anEvent());
    const hangs = Promise.withResolvers<Response>();
    world.answer = async ({ url }) => (url.includes("hangs") ? (await hangs.promise).clone() : new Response("ok"));
    world.context.wait = () => Promise.resolve().then(() => scheduler.wait(50)); // in place of the half second before the first settlement
    const batch = attemptDeliveries(world.context, [1, 2, 3, 4]);
    await expect
      .poll(async () => (await world.deliveries()).filter(({ state }) => state === "delivered").length)
      .toBe(2);
    hangs.resolve(new Response("at last"));
    await batch;
    expect((await world.deliveries()).every(({ state }) => state === "delivered")).toBe(true);
  });

  it("is acknowledged while a receiver hangs, as far as there is room for what is left behind", async () => {
    const world = await aWorld();
    world.context.backgroundSlots = new BackgroundSlots(1);
    await world.subscribe(aWebhook(), aWebhook({ url: "https://hangs.example.com/" }));
    await world.record(anEvent(), anEvent());
    const hangs = Promise.withResolvers<Response>();
    world.answer = async ({ url }) => (url.includes("hangs") ? (await hangs.promise).clone() : new Response("ok"));
    world.context.wait = () => Promise.resolve().then(() => scheduler.wait(50)); // in place of the half second before the first settlement
    await attemptDeliveries(world.context, [1, 3]); // one delivery for each receiver
    expect((await world.deliveries()).map(({ state }) => state)).toEqual([
      "delivered",
      "pending",
      "pending",
      "pending",
    ]);
    let isDone = false;
    const waiting = attemptDeliveries(world.context, [2, 4]).then(() => (isDone = true));
    await expect.poll(async () => (await world.deliveries())[1]?.state).toBe("delivered");
    expect(isDone).toBe(false);
    hangs.resolve(new Response("at last"));
    await waiting;
    await world.deliver(); // the attempts in the background
    expect((await world.deliveries()).every(({ state }) => state === "delivered")).toBe(true);
  });

  it("is settled at the second try where D1 fails once: its receivers get nothing twice", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(anEvent(), anEvent());
    world.context.wait = () => Promise.resolve();
    const { db } = world.context;
    let calls = 0;
    world.context.db = {
      ...db,
      batch: (statements) => {
        calls += 1;
        return calls === 2 ? Promise.reject(new Error("D1 is down")) : db.batch(statements);
      },
    };
    await attemptDeliveries(world.context, [1, 2]);
    world.elapse(600);
    await world.sweep();
    await world.deliver();
    expect(world.received).toHaveLength(2);
    expect((await world.deliveries()).every(({ state }) => state === "delivered")).toBe(true);
  });

  it("logs a line, and each attempt a line, that tell of a URL no more than its origin", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook({ url: "https://hooks.example.com/secret-path?key=secret" }));
    await world.record(anEvent(), anEvent());
    await world.deliver();
    expect(world.lines.filter(({ event }) => event === "attempt")).toMatchObject(
      [1, 2].map((delivery) => ({
        delivery,
        subscription: 1,
        attempt: 1,
        outcome: "delivered",
        state: "delivered",
        status: 200,
        origin: "https://hooks.example.com",
      })),
    );
    expect(world.lines.filter(({ event }) => event === "batch")).toMatchObject([
      { hints: 2, claimed: 2, delivered: 2, released: 0 },
    ]);
    expect(JSON.stringify(world.lines)).not.toContain("secret");
  });

  it("adds to the hour's counters of each subscription what came of it", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "5" });
    await world.subscribe(aWebhook(), aWebhook({ url: "https://slow.example.com/" }));
    await world.record(anEvent(), anEvent());
    world.answer = ({ url }) => {
      if (!url.includes("slow")) return new Response("ok");
      world.elapse(0.3);
      return new Response("", { status: 500 });
    };
    for (const id of [1, 2, 3, 4]) await attemptDeliveries(world.context, [id]);
    world.elapse(10);
    await world.deliver();
    const hours = await world.rows<Record<string, number>>(
      "SELECT * FROM subscription_stats_hourly ORDER BY subscription_id",
    );
    expect(hours).toMatchObject([
      { subscription_id: 1, delivered: 2, retried: 0, failed: 0, latency_up_to_20_ms: 2, latency_up_to_500_ms: 0 },
      { subscription_id: 2, delivered: 0, retried: 2, failed: 2, latency_up_to_20_ms: 0 },
    ]);
    const latencies = Object.entries(hours[1] ?? {}).filter(([name]) => name.startsWith("latency_"));
    expect(latencies.reduce((sum, [, count]) => sum + count, 0)).toBe(4);
    world.elapse(3600);
    await world.record(anEvent());
    await world.deliver();
    expect(await world.rows("SELECT hour FROM subscription_stats_hourly")).toHaveLength(4);
  });
});
