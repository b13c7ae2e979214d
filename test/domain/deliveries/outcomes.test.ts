import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Config } from "../../../src/config.ts";
import { anEvent, aWebhook, aWorld } from "./world.ts";

const SCHEDULE = { RETRY_SCHEDULE: "5,50" };

describe("a delivery", () => {
  it("sends the event as it is served, under an ID that every attempt repeats", async () => {
    const world = await aWorld(SCHEDULE);
    await world.subscribe(aWebhook());
    await world.record({ ...anEvent(), timestamp: "1763859600123456789" });
    world.answer = () => new Response("busy", { status: 500 });
    await world.deliver();
    world.elapse(5);
    world.answer = () => new Response(null, { status: 204 });
    await world.deliver();

    const [first, second] = world.received;
    expect(JSON.parse(first?.body ?? "")).toEqual({
      id: "1",
      type: "ADD_BUILD",
      timestamp: "1763859600123456789",
      recorded_at: "2026-11-23T00:00:00.000Z",
      username: "ann",
      state_project: "shop",
    });
    expect(second?.body).toBe(first?.body);
    expect(second?.headers.get("webhook-id")).toBe(first?.headers.get("webhook-id"));
    expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 2 }]);
    expect(await world.attempts()).toMatchObject([
      { number: 1, outcome: "retry", status: 500 },
      { number: 2, outcome: "delivered", status: 204 },
    ]);
  });

  it("fails when the schedule has ended: n waits are n + 1 attempts", async () => {
    const world = await aWorld(SCHEDULE);
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    world.answer = () => new Response("no", { status: 500 });
    for (const wait of [0, 5, 50, 1000, 100_000]) {
      world.elapse(wait);
      await world.deliver();
      await world.sweep();
      await world.deliver();
    }
    expect(world.received).toHaveLength(3);
    expect(await world.deliveries()).toMatchObject([{ state: "failed", attempts: 3 }]);
  });

  it("is not tried again before the receiver's Retry-After, even beyond the schedule", async () => {
    const world = await aWorld(SCHEDULE);
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    world.answer = () => new Response("slow down", { status: 429, headers: { "Retry-After": "3600" } });
    await world.deliver();
    for (let minute = 0; minute < 59; minute++) {
      world.elapse(60);
      await world.sweep();
      await world.deliver();
    }
    expect(world.received).toHaveLength(1);
    world.elapse(60);
    await world.deliver();
    expect(world.received).toHaveLength(2);
  });

  it("that waits longer than a queue can is hinted by the sweep", async () => {
    const world = await aWorld(SCHEDULE);
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    world.answer = () => new Response("later", { status: 503, headers: { "Retry-After": "86400" } });
    await world.deliver();
    expect(world.queue).toEqual([]);
    world.elapse(86_400);
    await world.sweep();
    await world.deliver();
    expect(world.received).toHaveLength(2);
  });

  it("refused for its content fails at once, and its neighbours arrive", async () => {
    const world = await aWorld();
    await world.subscribe({ type: "slack", url: "https://hooks.slack.com/services/T/B/x" });
    await world.record(anEvent({ username: "bad" }), anEvent({ username: "good" }));
    world.answer = ({ body }) =>
      body.includes("bad") ? new Response("invalid_blocks", { status: 400 }) : new Response("ok");
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "failed" }, { state: "delivered" }]);
  });

  it("refused for its content says nothing against its subscription, as a failure does", async () => {
    const world = await aWorld();
    await world.subscribe({ type: "slack", url: "https://hooks.slack.com/services/T/B/x" });
    for (const [answer, failing_since] of [
      ["invalid_blocks", null],
      ["rollup_error", expect.any(Number)],
    ]) {
      await world.record(anEvent());
      world.answer = () => new Response(answer, { status: 400 });
      await world.deliver();
      expect(await world.subscriptions()).toMatchObject([{ failing_since }]);
    }
  });

  it("whose row cannot be read fails, instead of coming back for ever", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    await world.context.db.prepare("UPDATE events SET json = '{broken'").run();
    await world.deliver();
    expect(world.received).toEqual([]);
    expect(await world.deliveries()).toMatchObject([{ state: "failed" }]);
  });

  it("whose schedule got shorter meanwhile fails, instead of coming back for ever", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    await world.context.db.prepare("UPDATE deliveries SET attempts = 40").run();
    await world.deliver();
    expect(world.received).toEqual([]);
    expect(await world.deliveries()).toMatchObject([{ state: "failed" }]);
  });

  it("whose subscription vanished is cancelled", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(anEvent());
    await world.context.db.prepare("DELETE FROM subscriptions").run();
    await world.deliver();
    expect(await world.deliveries()).toMatchObject([{ state: "cancelled" }]);
  });
});

describe("a bad variable", () => {
  it.each(["RETRY_SCHEDULE", "DELIVERY_TIMEOUT_SECONDS", "ALLOW_LOCAL_DESTINATIONS", "PUBLIC_URL"] as const)(
    "%s uses no attempt up: once it is mended, everything is delivered",
    async (name) => {
      const world = await aWorld();
      await world.subscribe(aWebhook());
      await world.record(anEvent());
      const { config } = world.context;
      world.context.config = new Config({ ...env, [name]: "nonsense" });
      for (let minute = 0; minute < 15; minute++) {
        await expect(world.deliver()).rejects.toThrow(name);
        world.elapse(120);
        await world.sweep();
      }
      world.context.config = config;
      await world.deliver();
      expect(await world.deliveries()).toMatchObject([{ state: "delivered", attempts: 1 }]);
    },
  );
});

describe("a destination that is gone", () => {
  it("is not asked again by what was claimed with the delivery that found out", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(...Array.from({ length: 20 }, () => anEvent()));
    world.answer = () => new Response("", { status: 410 });
    await world.deliver();
    expect(world.received.length).toBeLessThanOrEqual(2);
    expect((await world.deliveries()).every(({ state }) => state === "held")).toBe(true);
  });

  it("is gone also where what was sent beside the one that found out arrives", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(anEvent(), anEvent(), anEvent(), anEvent());
    world.answer = () => new Response("", { status: world.received.length === 2 ? 410 : 200 });
    await world.deliver();
    world.elapse(3600);
    await world.sweep();
    await world.deliver();
    expect(await world.subscriptions()).toMatchObject([{ enabled: false, disabled_reason: "responded with 410" }]);
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(["delivered", "held", "delivered", "held"]);
  });

  it.each([
    ["webhook", "https://hooks.example.com/in", new Response("", { status: 410 })],
    ["slack", "https://hooks.slack.com/services/T/B/x", new Response("no_service", { status: 404 })],
  ])("disables its %s subscription and holds all its deliveries until an owner revives it", async (type, url, gone) => {
    const world = await aWorld();
    await world.subscribe({ type, url });
    await world.record(anEvent(), anEvent());
    world.answer = () => gone.clone();
    await world.deliver();
    await world.record(anEvent());
    const [subscription] = await world.subscriptions();
    expect(subscription).toMatchObject({
      enabled: false,
      disabled_reason: expect.any(String),
      disabled_at: expect.any(Number),
    });
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(["held", "held", "held"]);

    world.elapse(7 * 86_400);
    await world.sweep();
    await world.deliver();
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(["held", "held", "held"]);

    world.answer = () => new Response("ok");
    await world.subscribe({ type, url, id: `${subscription?.id}`, enabled: true });
    await world.deliver();
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered"]);
  });

  it("is also one whose every attempt has failed for 5 days, at least 10 of them; one success begins the count anew", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: Array.from({ length: 20 }, () => 43_200).join(",") });
    const [row] = await world.subscribe(aWebhook());
    await world.record(anEvent());
    const attempt = async (status: number) => {
      world.answer = () => new Response("", { status });
      await world.deliver();
      world.elapse(43_200 * 1.01);
      await world.sweep();
    };
    for (let half = 0; half < 6; half++) await attempt(500);
    await world.record(anEvent());
    await attempt(200);
    await world.record(anEvent());
    for (let half = 0; half < 10; half++) await attempt(500);
    expect(await world.subscriptions()).toMatchObject([{ enabled: true, consecutive_failures: 10 }]);
    await attempt(500);
    expect(await world.subscriptions()).toMatchObject([
      { enabled: false, disabled_reason: "every attempt has failed for 5 days", disabled_at: expect.any(Number) },
    ]);
    await world.record(anEvent());
    expect((await world.deliveries()).map(({ state }) => state)).toEqual(["delivered", "delivered", "held", "held"]);
    await world.subscribe(aWebhook({ id: `${row?.id}` }));
    await attempt(200);
    expect((await world.deliveries()).every(({ state }) => state === "delivered")).toBe(true);
    expect(await world.subscriptions()).toMatchObject([
      { enabled: true, consecutive_failures: 0, failing_since: null },
    ]);
  });

  it("does not disable a subscription whose URL changed while it was asked", async () => {
    const world = await aWorld();
    const [subscription] = await world.subscribe(aWebhook());
    await world.record(anEvent());
    world.answer = async ({ url }) => {
      if (url.endsWith("/new")) return new Response("ok");
      await world.subscribe(aWebhook({ id: `${subscription?.id}`, url: "https://hooks.example.com/new" }));
      return new Response("", { status: 410 });
    };
    await world.deliver();
    expect(await world.subscriptions()).toMatchObject([{ enabled: true, disabled_reason: null }]);
    expect(world.received.map(({ url }) => url)).toEqual([
      "https://hooks.example.com/in",
      "https://hooks.example.com/new",
    ]);
    expect(await world.deliveries()).toMatchObject([{ state: "delivered" }]);
  });
});
