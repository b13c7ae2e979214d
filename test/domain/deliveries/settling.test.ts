import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Context } from "../../../src/context.ts";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { failingAt } from "./failing-database.ts";
import { anEvent, aWebhook, aWorld, type World } from "./world.ts";

/** A consumer settles in its second batch. */
const SETTLES = 2;

/**
 * Attempts deliveries with a consumer whose settlement is committed by D1, but whose response is lost. So the consumer
 * sends the settlement again. `meanwhile` runs before that.
 */
async function attemptTwiceSettled(world: World, ids: number[], meanwhile?: () => Promise<unknown>): Promise<void> {
  const consumer: Context = {
    ...failingAt(world, (batch) => batch === SETTLES, "lost"),
    wait: async (milliseconds) => {
      if (milliseconds === 1000) await meanwhile?.();
    },
  };
  await attemptDeliveries(consumer, ids);
}

const failing = () => new Response("down", { status: 500 });
const record = (world: World, count: number) => world.record(...Array.from({ length: count }, () => anEvent()));

describe("a settlement that D1 carries out and answers with an error", () => {
  it("counts each failure once: five failures are no ten, and the breaker stays closed", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await record(world, 5);
    world.answer = failing;
    await attemptTwiceSettled(world, [1, 2, 3, 4, 5]);
    expect(await world.rows("SELECT consecutive_failures, probe_delivery_id FROM subscriptions")).toEqual([
      { consecutive_failures: 5, probe_delivery_id: null },
    ]);
    expect(await world.rows("SELECT delivered, retried, failed FROM subscription_stats_hourly")).toEqual([
      { delivered: 0, retried: 5, failed: 0 },
    ]);
    expect((await world.attempts()).map(({ outcome }) => outcome)).toEqual(Array(5).fill("retry"));
    expect((await world.deliveries()).every(({ state, attempts }) => state === "pending" && attempts === 1)).toBe(true);
  });

  it("counts each arrival once", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await record(world, 3);
    await attemptTwiceSettled(world, [1, 2, 3]);
    expect(world.received).toHaveLength(3);
    expect(await world.rows("SELECT delivered, retried, failed FROM subscription_stats_hourly")).toEqual([
      { delivered: 3, retried: 0, failed: 0 },
    ]);
  });

  it("counts a failed probe once, so that the next one waits no longer than it should", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "5,30,300,1800" });
    await world.subscribe(aWebhook());
    await record(world, 1);
    await env.DB.prepare("UPDATE subscriptions SET consecutive_failures = 9").run();
    world.answer = failing;
    await world.deliver();
    world.elapse(5);
    await attemptTwiceSettled(world, [1]);
    expect(
      await world.rows("SELECT probe_delivery_id, failed_probes, consecutive_failures FROM subscriptions"),
    ).toEqual([{ probe_delivery_id: 1, failed_probes: 1, consecutive_failures: 11 }]);
  });

  it("changes the set's version once where the destination is gone", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await record(world, 1);
    world.answer = () => new Response("", { status: 410 });
    await attemptTwiceSettled(world, [1]);
    expect(await world.subscriptions()).toMatchObject([{ enabled: false }]);
    expect(await world.rows("SELECT version FROM subscription_sets")).toEqual([{ version: 2 }]);
  });

  it("does not disable again what its owner has revived before it is sent again", async () => {
    const world = await aWorld();
    const [row] = await world.subscribe(aWebhook());
    await record(world, 1);
    world.answer = () => new Response("", { status: 410 });
    await attemptTwiceSettled(world, [1], () => world.subscribe(aWebhook({ id: `${row?.id}` })));
    expect(await world.subscriptions()).toMatchObject([{ enabled: true }]);
  });

  it("gives back once what it did not attempt", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await record(world, 10);
    world.answer = () => {
      world.elapse(4); // two run at once, so the lease of 30 s is too short for all ten
      return new Response("ok");
    };
    await attemptTwiceSettled(world, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const pending = (await world.deliveries()).filter(({ state }) => state === "pending");
    expect(pending.length).toBeGreaterThan(0);
    expect(pending.every(({ attempts }) => attempts === 0)).toBe(true);
  });

  it("leaves what another consumer attempts by then to that one", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await record(world, 1);
    world.answer = failing;
    await attemptTwiceSettled(world, [1], async () => {
      world.elapse(5);
      world.answer = () => new Response("ok");
      await attemptDeliveries(world.context, [1]);
    });
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 2 }]);
    expect(await env.DB.prepare("SELECT consecutive_failures AS n FROM subscriptions").first("n")).toBe(0);
  });
});
