import { describe, expect, it } from "vitest";
import { attemptDeliveries } from "../../../src/domain/deliveries/attempt-deliveries.ts";
import { Connections, type Reservation } from "../../../src/domain/deliveries/connections.ts";
import { replaceSubscriptions } from "../../../src/domain/subscriptions/subscription-set.ts";
import { BackgroundSlots } from "../../../src/domain/deliveries/background-slots.ts";
import { SubscriptionSet } from "../../../src/schemas/subscription.ts";
import { claimOverdueDeliveries } from "../../../src/store/deliveries/overdue-deliveries.ts";
import { inVirtualTime } from "./virtual-time.ts";
import { anEvent, aWebhook, aWorld, OWNER, START, type World } from "./world.ts";

const SLOW_SECONDS = 14;
const SLOW_SUBSCRIPTIONS = 48;

async function subscribe({ context }: World, project: string, ...urls: string[]): Promise<void> {
  const owner = { ...OWNER, groups: [`project:${project}:global:owner`] };
  const entries = SubscriptionSet.parse(urls.map((url) => aWebhook({ url })));
  await replaceSubscriptions(context, owner, project, entries);
}

const slowUrls = (count: number) => Array.from({ length: count }, (_, index) => `https://slow${index}.example.com/`);

/**
 * A world with two projects. The receivers of `slow` respond with 200 after 14 seconds. The receiver of `prompt` is
 * healthy.
 */
async function twoProjects(slowSubscriptions = SLOW_SUBSCRIPTIONS): Promise<World & { times: () => number[] }> {
  const world = await aWorld();
  const times = inVirtualTime(world);
  await subscribe(world, "slow", ...slowUrls(slowSubscriptions));
  await subscribe(world, "prompt", "https://prompt.example.com/");
  world.answer = async ({ url }) => {
    if (url.includes("slow")) await times.rest(SLOW_SECONDS * 1000);
    return new Response("ok");
  };
  return Object.assign(world, { times });
}

const events = (count: number, project: string) =>
  Array.from({ length: count }, () => anEvent({ state_project: project }));
const hinted = ({ queue }: World) => queue.map(({ deliveryId }) => deliveryId);
const isPrompt = (url: string) => url.includes("prompt");

describe("a project whose receivers are slow", () => {
  it("does not delay the first attempt of another project's event in the same batch", async () => {
    const world = await twoProjects();
    await world.record(...events(1, "slow"), ...events(1, "prompt"));
    await attemptDeliveries(world.context, hinted(world));
    const place = world.received.findIndex(({ url }) => isPrompt(url));
    expect(world.times()[place]).toBe(0);
  });

  it("holds two connections while others have anything to send, and all five when it is alone", async () => {
    const connections = new Connections();
    const [slow, prompt] = ["slow", "prompt"].map((project) =>
      Array.from({ length: project === "slow" ? 40 : 8 }, () => connections.reserve({ project, rank: "prompt" })),
    );
    const held = { now: 0, besideOthers: 0, alone: 0 };
    let begun = 0;
    const useSlowly = async (place: Reservation) =>
      place.use(async () => {
        held.now += 1;
        const when = begun < 8 ? "besideOthers" : "alone";
        held[when] = Math.max(held[when], held.now);
        await scheduler.wait(5);
        held.now -= 1;
      });
    // Uses the places one after another, each after a pause without a connection. Such pauses occur for Slack, and
    // until a subscription has its first response.
    const useInTurn = async () => {
      for (const place of prompt ?? []) {
        await scheduler.wait(2);
        begun += 1;
        await place.use(() => Promise.resolve());
      }
    };
    await Promise.all([...(slow ?? []).map(useSlowly), useInTurn()]);
    expect(held).toEqual({ now: 0, besideOthers: 2, alone: 5 });
  });

  it("has its share back when others give up what they had to send", async () => {
    const connections = new Connections();
    const [one, other] = [
      connections.reserve({ project: "other", rank: "prompt" }),
      connections.reserve({ project: "other", rank: "prompt" }),
    ];
    let held = 0;
    const slow = Array.from({ length: 5 }, () =>
      connections.reserve({ project: "slow", rank: "prompt" }).use(async () => {
        held += 1;
        await scheduler.wait(50);
      }),
    );
    await Promise.resolve();
    expect(held).toBe(2);
    one.cancel();
    other.cancel();
    await Promise.resolve();
    expect(held).toBe(5);
    expect(await one.use(() => Promise.resolve("sent"))).toBeUndefined();
    await Promise.all(slow);
  });

  it("does not hold up its batch: what waits behind slow receivers is given back when much is left behind", async () => {
    const world = await twoProjects();
    world.context.backgroundSlots = new BackgroundSlots(20);
    await world.record(...events(2, "slow"));
    const startedAt = world.context.now();
    await attemptDeliveries(world.context, hinted(world));
    expect(world.context.now() - startedAt).toBeLessThan(2000);
    expect(world.context.backgroundSlots.count(world.context.now())).toBe(5);
    const rows = await world.rows<{ n: number }>(
      "SELECT count(*) AS n FROM deliveries WHERE state = 'pending' AND attempts = 0 AND lease_token IS NULL",
    );
    expect(rows).toEqual([{ n: 2 * SLOW_SUBSCRIPTIONS - 5 }]);
    await world.deliver(); // the attempts in the background
    expect(world.context.backgroundSlots.count(world.context.now())).toBe(0);
  });
});

describe("receivers that are failing or slow", () => {
  const UNHEALTHY = slowUrls(8);
  const HEALTHY = Array.from({ length: 6 }, (_, index) => `https://healthy${index}.example.com/`);

  /** A world with one receiver for each project. The unhealthy receivers take 14 seconds to respond. */
  async function manyProjects(): Promise<World & { times: () => number[] }> {
    const world = await aWorld();
    const times = inVirtualTime(world);
    for (const [index, url] of [...UNHEALTHY, ...HEALTHY].entries()) await subscribe(world, `p${index}`, url);
    world.answer = async ({ url }) => {
      if (url.includes("slow")) await times.rest(SLOW_SECONDS * 1000);
      return new Response("ok");
    };
    world.context.backgroundSlots = new BackgroundSlots();
    return Object.assign(world, { times });
  }

  const oneEach = [...UNHEALTHY, ...HEALTHY].map((_, index) => anEvent({ state_project: `p${index}` }));
  const hasFailed = (world: World) =>
    world.context.db
      .prepare("UPDATE subscriptions SET consecutive_failures = 1, failing_since = 0 WHERE url LIKE '%slow%'")
      .run();
  const isHealthy = ({ url }: World["received"][number]) => url.includes("healthy");

  it("come after the healthy ones and hold two connections while those wait", async () => {
    const world = await manyProjects();
    await hasFailed(world);
    await world.record(...oneEach);
    await attemptDeliveries(world.context, hinted(world));
    expect(world.received.slice(0, 5).every(isHealthy)).toBe(true);
    expect(world.received.filter(isHealthy)).toHaveLength(HEALTHY.length);
    await world.deliver();
    expect(world.received).toHaveLength(oneEach.length);
  });

  it("are not waited for: their batch is done when the healthy receivers' deliveries are", async () => {
    const world = await manyProjects();
    await hasFailed(world);
    await world.record(...oneEach);
    const startedAt = world.context.now();
    await attemptDeliveries(world.context, hinted(world));
    expect(world.context.now()).toBe(startedAt);
    const rows = await world.rows("SELECT 1 FROM deliveries WHERE state = 'delivered'");
    expect(rows).toHaveLength(HEALTHY.length);
    await world.deliver();
  });

  it("are known by how long they took before, though they have never failed", async () => {
    const world = await manyProjects();
    await world.record(...oneEach);
    await world.deliver();
    world.received.length = 0;
    world.queue = [];
    await world.record(...oneEach);
    const startedAt = world.context.now();
    await attemptDeliveries(world.context, hinted(world));
    expect(world.context.now()).toBe(startedAt);
    expect(world.received.slice(0, 5).every(isHealthy)).toBe(true);
    await world.deliver();
  });

  it("that nothing was known of delay no other receiver by more than a second", async () => {
    const world = await manyProjects();
    await world.record(...oneEach);
    await attemptDeliveries(world.context, hinted(world));
    const again = world.queue.slice(oneEach.length);
    expect(again.every(({ name, delaySeconds }) => name === "first" && delaySeconds === 0)).toBe(true);
    while (world.received.filter(isHealthy).length < HEALTHY.length) {
      const ids = world.queue.splice(0).map(({ deliveryId }) => deliveryId);
      await attemptDeliveries(world.context, ids);
      expect(world.context.now()).toBeLessThanOrEqual(START + 1500);
    }
    await world.deliver();
  });

  it("share two of the connections while a healthy one has work that has not begun", async () => {
    const connections = new Connections();
    const healthy = connections.reserve({ project: "healthy", rank: "prompt" });
    let held = 0;
    const use = (_: unknown, index: number) =>
      connections.reserve({ project: `p${index}`, rank: "failing" }).use(async () => {
        held += 1;
        await scheduler.wait(20);
      });
    const unhealthy = Array.from({ length: 5 }, use);
    await Promise.resolve();
    expect(held).toBe(2);
    expect(await healthy.use(() => Promise.resolve("sent"))).toBe("sent");
    expect(held).toBe(5);
    await Promise.all(unhealthy);
  });
});

describe("the sweep", () => {
  /** Inserts deliveries that are overdue since `since` and have no hints in the queue. */
  async function overdue(world: World, project: string, count: number, since: number): Promise<void> {
    await world.context.db
      .prepare(
        `WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
        INSERT INTO deliveries (event_id, subscription_id, project, state, next_attempt_at, sweep_at, created_at)
        SELECT i, unicode(?2), ?2, 'pending', ?3, ?3 + i, ?3 FROM n`,
      )
      .bind(count, project, since)
      .run();
  }

  async function projectsHinted(world: World): Promise<string[]> {
    const rows = await world.rows<{ id: number; project: string }>("SELECT id, project FROM deliveries");
    const projects = new Map(rows.map(({ id, project }) => [id, project]));
    return hinted(world).map((id) => projects.get(id) ?? "");
  }

  it("hints each project in its turn, however long another's backlog is and however old", async () => {
    const world = await aWorld();
    await overdue(world, "backlog", 25_000, world.context.now() - 3_600_000);
    await overdue(world, "young", 2, world.context.now() - 1000);
    await world.sweep();
    const projects = await projectsHinted(world);
    expect(projects.length).toBeGreaterThan(9000);
    expect(projects.slice(0, 5).filter((project) => project === "young")).toHaveLength(2);
  });

  it("reads rows by what it takes and by the projects that wait, whatever else is pending", async () => {
    const world = await aWorld();
    await overdue(world, "backlog", 600, world.context.now() - 3_600_000);
    await overdue(world, "later", 20_000, world.context.now() + 3_600_000);
    const { usage } = world.context;
    const readBefore = usage.rowsRead;
    const now = world.context.now();
    const taken = await claimOverdueDeliveries(world.context.db, { now, nextSweepAt: now + 1000, limit: 500 });
    expect(taken).toHaveLength(500);
    expect(usage.rowsRead - readBefore).toBeLessThanOrEqual(10 * 500);
  });

  it("tells the age of the oldest that is due, whosever it is", async () => {
    const world = await aWorld();
    await overdue(world, "a", 5, world.context.now() - 10_000);
    await overdue(world, "z", 5, world.context.now() - 70_000);
    await world.sweep();
    const backlog = world.lines.findLast(({ event }) => event === "backlog");
    expect(backlog).toEqual({ event: "backlog", due: 10, is_more: false, oldest_due_seconds: 70 });
  });
});
