import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { failingAt } from "./failing-database.ts";
import { anEvent, aWebhook, aWorld, type World } from "./world.ts";

const url = (name: string) => `https://${name}.example.com/`;
const idsOf = async (world: World) => (await world.deliveries()).map(({ id }) => id);
const outcomes = (world: World) =>
  world.rows<{ url: string; state: string; reason: string | null }>(
    `SELECT DISTINCT s.url, d.state, a.reason FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id
    LEFT JOIN attempts a ON a.delivery_id = d.id ORDER BY 1`,
  );

/** Records the size of each response of D1, in characters of JSON. */
function answersOf(world: World): number[] {
  const { db } = world.context;
  const sizes: number[] = [];
  const batch: typeof db.batch = async (statements) => {
    const results = await db.batch<never>(statements);
    sizes.push(JSON.stringify(results.map((result) => result.results)).length);
    return results;
  };
  world.context.db = { ...db, batch };
  return sizes;
}

/** Makes D1 unable to lease this delivery. If a batch tries to, the whole batch fails. */
async function damage(deliveryId: number): Promise<void> {
  await env.DB.prepare(
    `CREATE TRIGGER damaged BEFORE UPDATE OF lease_token ON deliveries
    WHEN new.id = ${deliveryId} AND new.lease_token IS NOT NULL BEGIN SELECT RAISE(ABORT, 'damaged'); END`,
  ).run();
}

afterEach(async () => {
  await env.DB.prepare("DROP TRIGGER IF EXISTS damaged").run();
});

describe("a batch of deliveries", () => {
  it("costs no more to load than one of each subscription, however long its lists are", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(...Array.from({ length: 100 }, () => anEvent()));
    const groups = JSON.stringify(Array.from({ length: 4000 }, (_, index) => `${index}`.padEnd(250, "x")));
    await env.DB.prepare("UPDATE subscriptions SET allowed_groups = ?").bind(groups).run();
    const sizes = answersOf(world);
    await world.deliver();
    expect(world.received).toHaveLength(100);
    expect(Math.max(...sizes)).toBeLessThan(2 * groups.length);
  });

  it("leaves the longest lists to the next consumer where they come to more than memory holds", async () => {
    const world = await aWorld();
    await world.subscribe(...Array.from({ length: 30 }, (_, index) => aWebhook({ url: url(`r${index}`) })));
    await world.record(anEvent(), anEvent());
    const groups = JSON.stringify(Array.from({ length: 200 }, (_, index) => `${index}`.padEnd(1500, "x")));
    await env.DB.prepare("UPDATE subscriptions SET allowed_groups = ? WHERE url <> ?").bind(groups, url("r29")).run();
    const sizes = answersOf(world);
    await attemptDeliveries(world.context, await idsOf(world));
    expect(world.received.some((one) => one.url === url("r29"))).toBe(true);
    expect(world.received.length).toBeLessThan(60);
    await world.deliver();
    expect(world.received).toHaveLength(60);
    expect((await world.deliveries()).every(({ state, attempts }) => state === "delivered" && attempts === 1)).toBe(
      true,
    );
    expect(Math.max(...sizes)).toBeLessThan(6_000_000);
  });

  it.each(["allowed_groups", "event_types", "previous_secrets"])(
    "is delivered but for a subscription whose %s are damaged: its deliveries fail, and say why",
    async (column) => {
      const world = await aWorld();
      await world.subscribe(aWebhook({ url: url("damaged") }), aWebhook({ url: url("well") }));
      await world.record(anEvent(), anEvent());
      await env.DB.prepare(`UPDATE subscriptions SET ${column} = '["devs"' WHERE url = ?`).bind(url("damaged")).run();
      await world.deliver();
      expect(await outcomes(world)).toEqual([
        { url: url("damaged"), state: "failed", reason: "the subscription cannot be read" },
        { url: url("well"), state: "delivered", reason: null },
      ]);
    },
  );

  it("is delivered but for the one that D1 cannot lease: that one fails, and says why", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook({ url: url("a") }), aWebhook({ url: url("b") }));
    await world.record(...Array.from({ length: 50 }, () => anEvent()));
    await damage(37);
    await world.deliver();
    const states = await world.deliveries();
    expect(states.filter(({ state }) => state === "delivered")).toHaveLength(99);
    expect(states[36]).toMatchObject({ id: 37, state: "failed", attempts: 1 });
    expect((await world.attempts()).filter(({ delivery_id }) => delivery_id === 37)).toMatchObject([
      { number: 1, outcome: "refused", reason: "the stored delivery, event or subscription cannot be read" },
    ]);
    expect(world.queue).toEqual([]);
  });

  it("with one that D1 cannot lease after a consumer died with it has each attempt on record", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(anEvent(), anEvent());
    const { now } = world.context;
    await env.DB.prepare("UPDATE deliveries SET attempts = 1, lease_token = 'dead', lease_until = ? WHERE id = 1")
      .bind(now())
      .run();
    await damage(1);
    await attemptDeliveries(world.context, [1, 2]);
    expect(await world.deliveries()).toMatchObject([
      { state: "failed", attempts: 2 },
      { state: "delivered", attempts: 1 },
    ]);
    expect(await world.attempts()).toMatchObject([
      { delivery_id: 1, number: 1, outcome: "lost" },
      { delivery_id: 1, number: 2, outcome: "refused" },
      { delivery_id: 2, number: 1, outcome: "delivered" },
    ]);
  });

  it("waits, whole and without an attempt, while D1 is away", async () => {
    const world = await aWorld();
    await world.subscribe(aWebhook());
    await world.record(anEvent(), anEvent());
    world.context.wait = () => Promise.resolve();
    const before = await world.deliveries();
    const away = failingAt(world, () => true, "refused");
    await expect(attemptDeliveries(away, [1, 2])).rejects.toMatchObject({ code: "unavailable" });
    await expect(attemptDeliveries(away, [1])).rejects.toMatchObject({ code: "unavailable" });
    expect(await world.deliveries()).toEqual(before);
    expect(await world.attempts()).toEqual([]);
  });

  it("goes on where the answer to its claim was lost: that costs nobody an attempt", async () => {
    const world = await aWorld({ RETRY_SCHEDULE: "5" });
    await world.subscribe(aWebhook());
    await world.record(anEvent(), anEvent());
    world.context.wait = () => Promise.resolve();
    await attemptDeliveries(
      failingAt(world, (call) => call === 1, "lost"),
      [1, 2],
    );
    expect(world.received).toHaveLength(2);
    expect(await world.deliveries()).toMatchObject([
      { state: "delivered", attempts: 1 },
      { state: "delivered", attempts: 1 },
    ]);
  });
});
