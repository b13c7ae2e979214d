import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { getRecovery } from "../../../src/domain/deliveries/recoveries.ts";
import { insertRecovery } from "../../../src/store/deliveries/recovery-rows.ts";
import { anEvent, aWebhook, aWorld, OWNER, type World } from "./world.ts";

const url = (name: string) => `https://${name}.example.com/`;
const webhooks = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => aWebhook({ url: url(`${name}${index}`) }));
const idsOf = async (world: World) => (await world.subscriptions()).map(({ id }) => id);

/** Inserts `count` deliveries into D1. Their events need not exist. */
async function store(subscriptionId: number, state: string, count: number, firstEvent = 1): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at, settled_at)
    WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < ?3 - 1)
    SELECT ?4 + i, ?1, 'shop', ?2, 0, 0, 0, iif(?2 = 'delivered', 1, NULL) FROM n`,
  )
    .bind(subscriptionId, state, count, firstEvent)
    .run();
}

async function release(ids: number[], more = ""): Promise<void> {
  await env.DB.prepare(
    `UPDATE subscriptions SET release_mode = 'resume' ${more} WHERE id IN (SELECT value FROM json_each(?))`,
  )
    .bind(JSON.stringify(ids))
    .run();
}

const stateOf = async (world: World, subscriptionId: number) =>
  Object.fromEntries(
    (
      await world.rows<{ state: string; count: number }>(
        `SELECT state, count(*) AS count FROM deliveries WHERE subscription_id = ${subscriptionId} GROUP BY 1`,
      )
    ).map(({ state, count }) => [state, count]),
  );

/** Makes D1 fail the statements that match the trigger, from now on. */
async function fail(trigger: string): Promise<void> {
  await env.DB.prepare(`CREATE TRIGGER damaged BEFORE ${trigger} BEGIN SELECT RAISE(ABORT, 'damaged'); END`).run();
}

afterEach(async () => {
  await env.DB.prepare("DROP TRIGGER IF EXISTS damaged").run();
});

describe("a receiver that is well again gets what was held for it", () => {
  it.each([
    ["whose receivers are down again", ", probe_delivery_id = -1"],
    ["that are disabled again", ", enabled = 0"],
  ])("within a minute, however many wait for a release %s", async (_, more) => {
    const world = await aWorld();
    await world.subscribe(...webhooks("down", 40), aWebhook({ url: url("well") }));
    const ids = await idsOf(world);
    const well = ids.at(-1) ?? NaN;
    for (const id of ids) await store(id, "held", 600);
    await release(ids.slice(0, -1), more);
    await release([well]);
    await world.sweep();
    expect(await stateOf(world, well)).toEqual({ pending: 600 });
  });

  it("within three, where each of forty others that can be released has more than a sweep can take", async () => {
    const world = await aWorld();
    await world.subscribe(...webhooks("other", 40), aWebhook({ url: url("well") }));
    const ids = await idsOf(world);
    const well = ids.at(-1) ?? NaN;
    for (const id of ids) await store(id, "held", id === well ? 1 : 1_100);
    await release(ids);
    for (let minute = 0; minute < 3; minute++) {
      await world.sweep();
      world.elapse(60);
    }
    expect(await stateOf(world, well)).toEqual({ pending: 1 });
  });

  it("within a minute, where the release of others fails each time", async () => {
    const world = await aWorld();
    await world.subscribe(...webhooks("damaged", 10), aWebhook({ url: url("well") }));
    const ids = await idsOf(world);
    const well = ids.at(-1) ?? NaN;
    for (const id of ids) await store(id, "held", 1);
    await release(ids);
    await fail(`UPDATE OF state ON deliveries WHEN new.subscription_id <> ${well}`);
    await world.sweep();
    expect(await stateOf(world, well)).toEqual({ pending: 1 });
    const failures = world.lines.filter((line) => line.event === "sweep_item_failed" && line.task === "release");
    expect(failures).toHaveLength(10);
  });

  it("looks at none of those that cannot be released", async () => {
    const world = await aWorld();
    await world.subscribe(...webhooks("down", 40));
    const rowsOfASweep = async () => {
      const before = world.context.usage.rowsRead;
      await world.sweep();
      return world.context.usage.rowsRead - before;
    };
    const idle = await rowsOfASweep();
    await release(await idsOf(world), ", probe_delivery_id = -1");
    expect(await rowsOfASweep()).toBeLessThanOrEqual(idle);
  });
});

describe("a recovery is finished", () => {
  it("in its turn, however many others fail at each step", async () => {
    const world = await aWorld();
    for (let hundred = 0; hundred < 3; hundred++) await world.record(...Array.from({ length: 100 }, () => anEvent()));
    await world.subscribe(...webhooks("r", 45));
    const ids = await idsOf(world);
    for (const subscriptionId of ids) {
      const { db, now } = world.context;
      await insertRecovery(db, { project: "shop", subscriptionId, selection: "all", fromEventId: "0", now: now() });
    }
    const last = ids.at(-1);
    await env.DB.prepare("UPDATE recoveries SET selection = 'nothing that there is' WHERE subscription_id <> ?")
      .bind(last)
      .run();
    for (let minute = 0; minute < 2; minute++) {
      await world.sweep();
      world.elapse(60);
    }
    const path = { project: "shop", id: `${last}`, recovery: "45" };
    expect(await getRecovery(world.context.db, OWNER, path)).toMatchObject({ recovered: 300 });
  });
});

describe("what waits for a deleted subscription is cancelled", () => {
  it("in its turn, however much waits for others, and whatever fails there", async () => {
    const world = await aWorld();
    const gone = Array.from({ length: 30 }, (_, index) => 1000 + index);
    for (const id of gone) {
      await store(id, "held", id === 1029 ? 1 : 600);
      await env.DB.prepare("INSERT INTO deleted_subscriptions (id) VALUES (?)").bind(id).run();
    }
    await fail("UPDATE OF state ON deliveries WHEN new.subscription_id < 1010");
    for (let minute = 0; minute < 2; minute++) {
      await world.sweep();
      world.elapse(60);
    }
    expect(await stateOf(world, 1029)).toEqual({ cancelled: 1 });
    expect(await stateOf(world, 1000)).toEqual({ held: 600 });
  });

  it("with it where that is little, so that the sweep has nothing left to look at", async () => {
    const world = await aWorld();
    await world.subscribe(...webhooks("r", 50));
    await world.record(anEvent());
    await world.subscribe();
    expect((await world.deliveries()).every(({ state }) => state === "cancelled")).toBe(true);
    expect(await world.rows("SELECT * FROM deleted_subscriptions")).toEqual([]);
  });
});

it("a purge that fails leaves the others be", async () => {
  const world = await aWorld({ DELIVERY_RETENTION_DAYS: "1" });
  await store(1, "delivered", 1);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO recoveries (project, subscription_id, selection, from_event_id, to_event_id, cursor, created_at, finished_at)
      VALUES ('shop', 1, 'all', 0, 0, 0, 0, 1)`,
    ),
    env.DB.prepare("INSERT INTO slack_gates (url, next_send_at) VALUES ('https://hooks.slack.com/services/x', 0)"),
  ]);
  await fail("DELETE ON deliveries");
  await world.sweep();
  expect(await world.rows("SELECT id FROM recoveries")).toEqual([]);
  expect(await world.rows("SELECT url FROM slack_gates")).toEqual([]);
  expect(world.lines.filter(({ event }) => event === "sweep_failed")).toMatchObject([{ task: "purge_deliveries" }]);
});
