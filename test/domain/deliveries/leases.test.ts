import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { redeliver } from "../../../src/domain/deliveries/list-deliveries.ts";
import { claimDeliveries } from "../../../src/store/deliveries/claim-deliveries.ts";
import { settleDeliveries } from "../../../src/store/deliveries/settle-deliveries.ts";
import type { Settlement } from "../../../src/store/settlement.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";

async function withOneDelivery(): Promise<World> {
  const world = await aWorld();
  await world.subscribe(aWebhook());
  await world.record(anEvent());
  return world;
}

/** Claims a delivery, as a consumer that then dies. */
async function claimAndDie({ context }: World, token = "dead"): Promise<void> {
  await claimDeliveries(context.db, [1], { token, startsAt: context.now(), endsAt: context.now() + 30_000 });
}

function settlement(state: Settlement["state"], number: number): Settlement {
  return {
    deliveryId: 1,
    subscriptionId: 1,
    state,
    nextAttemptAt: null,
    sweepAt: null,
    attempt: { number, startedAt: 0, durationMs: 7, outcome: "delivered", status: 200, reason: null, response: null },
  };
}

describe("a lease", () => {
  it("lets one of two consumers attempt a delivery", async () => {
    const world = await withOneDelivery();
    await Promise.all([attemptDeliveries(world.context, [1]), attemptDeliveries(world.context, [1])]);
    expect(world.received).toHaveLength(1);
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 1 }]);
  });

  it("that ran out becomes a lost attempt, and the sweep brings the delivery back", async () => {
    const world = await withOneDelivery();
    await claimAndDie(world);
    world.queue = [];
    await world.sweep();
    expect(world.queue).toEqual([]);

    world.elapse(31);
    await world.sweep();
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 2 }]);
    expect(await world.attempts()).toMatchObject([
      { number: 1, outcome: "lost" },
      { number: 2, outcome: "delivered" },
    ]);
  });

  it("whose consumers always die ends with the schedule", async () => {
    const world = await withOneDelivery();
    for (let death = 0; death < 11; death++) {
      await claimAndDie(world, `dead-${death}`);
      world.elapse(31);
    }
    await world.sweep();
    await world.deliver();
    expect(world.received).toEqual([]);
    expect(await world.deliveries()).toMatchObject([{ state: "failed" }]);
  });

  it("keeps a late loser from changing the delivery, though what he attempted is noted", async () => {
    const world = await withOneDelivery();
    await claimAndDie(world, "late");
    world.elapse(31);
    world.answer = () => new Response("", { status: 500 });
    await attemptDeliveries(world.context, [1]);
    const before = await world.deliveries();

    await settleDeliveries(world.context.db, {
      lease: { token: "late", startsAt: world.context.now() },
      settlements: [settlement("delivered", 1)],
      released: [],
      healthDeltas: [],
      probing: { waitsMs: [5000], graceMs: 120_000 },
      now: world.context.now(),
    });
    expect(await world.deliveries()).toEqual(before);
    expect(await world.attempts()).toMatchObject([
      { number: 1, outcome: "delivered", status: 200 },
      { number: 2, outcome: "retry", status: 500 },
    ]);
  });

  it("is given back by a consumer that has no time left for an attempt", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(...Array.from({ length: 10 }, () => anEvent()));
    world.answer = () => {
      world.elapse(4); // two run at once, so the lease of 30 s is too short for all ten
      return new Response("ok");
    };
    await attemptDeliveries(world.context, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const states = await world.deliveries();
    const givenBack = states.filter(({ state }) => state === "pending");
    expect(givenBack.length).toBeGreaterThan(0);
    expect(givenBack.every(({ attempts }) => attempts === 0)).toBe(true);
    expect(states.filter(({ state }) => state === "delivered")).toHaveLength(world.received.length);

    world.answer = () => new Response("ok");
    world.elapse(10);
    await world.deliver();
    expect((await world.deliveries()).every(({ state, attempts }) => state === "delivered" && attempts === 1)).toBe(
      true,
    );
  });
});

describe("an attempt that outlives its lease and fails late, for the last time", () => {
  const ONE_RETRY = { RETRY_SCHEDULE: "30" };

  /** A world in which the last attempt of the first delivery is in progress. `failLate` makes that attempt fail. */
  async function withLastAttemptRunning(): Promise<{ world: World; failLate: () => Promise<void> }> {
    const world = await aWorld(ONE_RETRY);
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    world.answer = () => new Response("down", { status: 500 });
    await world.deliver();
    world.elapse(30);
    const answer = Promise.withResolvers<Response>();
    world.answer = () => answer.promise;
    const context = { ...world.context, wait: () => new Promise<void>(() => undefined) };
    const running = attemptDeliveries(context, [1]);
    await expect.poll(() => world.received.length).toBe(2);
    world.queue = [];
    world.answer = () => new Response("ok");
    return {
      world,
      failLate: async () => {
        answer.resolve(new Response("still down", { status: 500 }));
        await running;
      },
    };
  }

  /** Checks that the sweep brings the delivery, whose hint was lost, to another attempt. */
  async function arrivesInTheEnd(world: World): Promise<void> {
    for (let minute = 0; minute < 5; minute++) {
      world.elapse(60);
      await world.sweep();
      await world.deliver();
    }
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 3 }]);
    expect(await world.attempts()).toMatchObject([
      { number: 1, outcome: "retry" },
      { number: 2, outcome: "retry", status: 500 },
      { number: 3, outcome: "delivered" },
    ]);
  }

  it("does not undo a redelivery", async () => {
    const { world, failLate } = await withLastAttemptRunning();
    world.elapse(31);
    await redeliver(world.context, OWNER, "1");
    await failLate();
    await arrivesInTheEnd(world);
  });

  it.each([
    ["before the lease has ended", 1, 1],
    ["around the end of the lease", 1, 31],
    ["after the lease has ended", 31, 1],
  ])("does not undo that its subscription was disabled and enabled %s", async (_, disabledAfter, enabledAfter) => {
    const { world, failLate } = await withLastAttemptRunning();
    const [row] = await world.subscriptions();
    world.elapse(disabledAfter);
    await world.subscribe(aWebhook({ id: `${row?.id}`, enabled: false }));
    world.elapse(enabledAfter);
    await world.subscribe(aWebhook({ id: `${row?.id}` }));
    world.queue = [];
    await failLate();
    await arrivesInTheEnd(world);
  });

  it("never settled, leaves what was revived meanwhile an attempt", async () => {
    const { world } = await withLastAttemptRunning();
    const [row] = await world.subscriptions();
    await world.subscribe(aWebhook({ id: `${row?.id}`, enabled: false }));
    world.elapse(1);
    await world.subscribe(aWebhook({ id: `${row?.id}` }));
    for (let minute = 0; minute < 5; minute++) {
      world.elapse(60);
      await world.sweep();
      await world.deliver();
    }
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 3 }]);
  });

  it("does not undo that it was released, or made the probe, when its breaker opened meanwhile", async () => {
    const { world, failLate } = await withLastAttemptRunning();
    world.elapse(31);
    await env.DB.prepare("UPDATE subscriptions SET consecutive_failures = 9").run();
    await world.record(anEvent());
    world.answer = () => new Response("down", { status: 500 });
    await attemptDeliveries(world.context, [2]); // the tenth failure: the first delivery is held, and is the probe
    expect(await world.rows("SELECT probe_delivery_id FROM subscriptions")).toEqual([{ probe_delivery_id: 1 }]);
    world.answer = () => new Response("ok");
    await failLate();
    expect((await world.deliveries())[0]).toMatchObject({ state: "pending" });
  });
});

describe("a hint", () => {
  it("that comes early goes back with what is left to wait", async () => {
    const world = await withOneDelivery();
    world.answer = () => new Response("", { status: 500 });
    await world.deliver();
    world.elapse(2);
    world.queue = [];
    await attemptDeliveries(world.context, [1]);
    expect(world.received).toHaveLength(1);
    expect(world.queue).toMatchObject([{ name: "retry", deliveryId: 1, delaySeconds: 3 }]);
  });

  it.each(["delivered", "failed", "cancelled", "held"])("for a %s delivery is dropped", async (state) => {
    const world = await withOneDelivery();
    await world.context.db.prepare("UPDATE deliveries SET state = ?").bind(state).run();
    world.queue = [];
    await attemptDeliveries(world.context, [1, 99]);
    expect(world.received).toEqual([]);
    expect(world.queue).toEqual([]);
    expect(await world.deliveries()).toMatchObject([{ state, attempts: 0 }]);
  });

  it("is sent again by the sweep when the queue forgot it, and not before two minutes", async () => {
    const world = await withOneDelivery();
    world.queue = [];
    world.elapse(119);
    await world.sweep();
    expect(world.queue).toEqual([]);
    world.elapse(1);
    await world.sweep();
    await world.sweep();
    expect(world.queue).toMatchObject([{ name: "first", deliveryId: 1 }]);
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "delivered" }]);
  });

  it("for a delivery that was attempted goes to the retries, so that first attempts never wait behind it", async () => {
    const world = await withOneDelivery();
    world.answer = () => new Response("", { status: 500 });
    await world.deliver();
    expect(world.queue).toMatchObject([{ name: "retry", delaySeconds: 5 }]);
    world.queue = [];
    world.elapse(200);
    await world.sweep();
    expect(world.queue).toMatchObject([{ name: "retry" }]);
  });
});

describe("a receiver that hangs", () => {
  it("holds up only its own: the others are delivered, the rest of its own wait without an attempt", async () => {
    const world = await aWorld({ DELIVERY_TIMEOUT_SECONDS: "1" });
    await world.subscribe(
      aWebhook({ url: "https://hangs.example.com/" }),
      aWebhook({ url: "https://well.example.com/" }),
    );
    await world.record(...Array.from({ length: 8 }, () => anEvent()));
    world.answer = ({ url }, signal) =>
      url.includes("hangs")
        ? new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)))
        : new Response("ok");
    await attemptDeliveries(
      world.context,
      (await world.deliveries()).map(({ id }) => id),
    );

    const [hanging, well] = await world.subscriptions();
    const { results } = await world.context.db
      .prepare("SELECT subscription_id, state, attempts, count(*) AS n FROM deliveries GROUP BY 1, 2, 3 ORDER BY 1, 3")
      .all();
    expect(results).toEqual([
      { subscription_id: hanging?.id, state: "pending", attempts: 0, n: 7 },
      { subscription_id: hanging?.id, state: "pending", attempts: 1, n: 1 },
      { subscription_id: well?.id, state: "delivered", attempts: 1, n: 8 },
    ]);
    expect(hanging).toMatchObject({ failing_since: expect.any(Number) });
    expect(well).toMatchObject({ failing_since: null });
  });

  it("leaves the others a connection, also where four of them do", async () => {
    const world = await aWorld({ DELIVERY_TIMEOUT_SECONDS: "3" });
    const urls = ["hangs1", "hangs2", "hangs3", "hangs4", "well"].map((name) => `https://${name}.example.com/`);
    await world.subscribe(...urls.map((url) => aWebhook({ url })));
    await world.record(anEvent(), anEvent(), anEvent());
    const hangs = Promise.withResolvers<Response>();
    world.answer = async ({ url }) => (url.includes("hangs") ? (await hangs.promise).clone() : new Response("ok"));
    world.context.wait = () => Promise.resolve().then(() => scheduler.wait(50)); // in place of the half second before the first settlement
    const delivering = world.deliver();
    await expect
      .poll(async () => (await world.deliveries()).filter(({ state }) => state === "delivered").length)
      .toBe(3);
    hangs.resolve(new Response("at last"));
    await delivering;
    expect((await world.deliveries()).every(({ state }) => state === "delivered")).toBe(true);
  });

  it("never has more than two connections, nor all receivers together more than five: the queue needs the sixth", async () => {
    const world = await aWorld();
    const urls = ["a", "b", "c", "d", "e"].map((name) => `https://${name}.example.com/`);
    await world.subscribe(...urls.map((url) => aWebhook({ url })));
    await world.record(...Array.from({ length: 6 }, () => anEvent()));
    const open = new Map<string, number>();
    const seen = { one: 0, all: 0 };
    world.answer = async ({ url }) => {
      open.set(url, (open.get(url) ?? 0) + 1);
      seen.one = Math.max(seen.one, open.get(url) ?? 0);
      seen.all = Math.max(
        seen.all,
        [...open.values()].reduce((sum, count) => sum + count),
      );
      await scheduler.wait(2);
      open.set(url, (open.get(url) ?? 0) - 1);
      return new Response("ok");
    };
    await world.deliver();
    expect(seen).toEqual({ one: 2, all: 5 });
    expect(world.received).toHaveLength(30);
  });
});
