import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { anEvent, aSubscription, someEvents } from "../support/factories.ts";
import { aQueue } from "../support/queue.ts";
import { aService, listingPath } from "../support/service.ts";
import { everythingStored, forgetEverything } from "../support/tables.ts";

const queue = aQueue();
const { record, list, subscribe, sweep } = aService({ DELIVERIES: queue.binding, RETRIES: queue.binding });

beforeEach(async () => {
  await forgetEverything();
  queue.isDown = false;
  queue.sent.length = 0;
});

describe("a recording that D1 aborts", () => {
  afterEach(() => env.DB.exec("DROP TRIGGER IF EXISTS abort_insert"));

  const abortAt = (insert: string) =>
    env.DB.exec(`CREATE TRIGGER abort_insert AFTER INSERT ON ${insert} BEGIN SELECT RAISE(ABORT, 'broken off'); END`);

  const events = someEvents(3, (index) => ({
    inventory_project: "shop",
    state_project: "shop",
    username: `user ${index}`,
    allowed_groups: ["payments", "sales"],
  }));

  it.each([
    "idempotency_keys",
    "events WHEN new.username = 'user 2'",
    "feeds WHEN new.name = 'sales'",
    "feed_entries WHEN new.event_id = (SELECT max(id) FROM events)",
    "deliveries WHEN new.event_id = (SELECT max(id) FROM events)",
  ])("at an insert into %s stores nothing, shows no details, and can be repeated", async (insert) => {
    await subscribe("shop", [aSubscription(), aSubscription()], ["payments"]);
    await record(anEvent({ state_project: "shop" }));
    const before = await everythingStored();
    const sentBefore = queue.hints.length;

    await abortAt(insert);
    const broken = await record(events, { "Idempotency-Key": "k" });
    const problem = await broken.text();
    expect(broken.status).toBe(500);
    expect(broken.headers.get("Content-Type")).toBe("application/problem+json");
    expect(problem).not.toMatch(/broken off|D1_|SQL|INSERT|trigger|abort|constraint/i);
    expect(await everythingStored()).toEqual(before);
    expect(queue.hints).toHaveLength(sentBefore);

    await env.DB.exec("DROP TRIGGER abort_insert");
    expect((await record(events, { "Idempotency-Key": "k" })).status).toBe(200);
    const { events: listed } = await list(listingPath("project", "shop"), { groups: ["sales"] });
    expect(listed.map(({ username }) => username)).toEqual(["user 2", "user 1", "user 0", undefined]);
    expect(queue.hints).toHaveLength(sentBefore + 3 * 2);
  });

  it("stores nothing if one of its events is invalid", async () => {
    const answer = await record([...events, { type: "NO_SUCH_TYPE" }]);
    expect(answer.status).toBe(400);
    expect(Object.values(await everythingStored()).flat()).toEqual([]);
  });
});

describe("a queue that is down", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T00:00:00Z") }));
  afterEach(() => vi.useRealTimers());

  const advance = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000);

  async function pendingDeliveries(): Promise<unknown[]> {
    const { results } = await env.DB.prepare("SELECT id AS delivery_id FROM deliveries WHERE state = 'pending'").all();
    return results;
  }

  it("delays deliveries by minutes but loses none, because the sweep sends the hints when the queue is up again", async () => {
    await subscribe("shop", [aSubscription(), aSubscription()]);
    queue.isDown = true;
    const answer = await record(anEvent({ state_project: "shop" }));
    expect(answer.status).toBe(200);
    const pending = await pendingDeliveries();
    expect(pending).toHaveLength(2);

    advance(2.5);
    await sweep(); // still down
    expect(await pendingDeliveries()).toEqual(pending);

    queue.isDown = false;
    advance(2.5);
    await sweep();
    expect(queue.hints).toEqual(pending);
  });

  it("does not get the same hints again within their grace period", async () => {
    await subscribe("shop", [aSubscription()]);
    await record(anEvent({ state_project: "shop" }));
    expect(queue.hints).toHaveLength(1);
    advance(1);
    await sweep();
    expect(queue.hints).toHaveLength(1);
  });
});

describe("a large request", () => {
  const MIB = 1024 * 1024;

  /** Sends the request. Returns the size of the largest parameter that D1 received. */
  async function recordAndMeasure(body: string): Promise<number> {
    const bind = vi.spyOn(Object.getPrototypeOf(env.DB.prepare("SELECT 1")), "bind");
    expect((await record(body)).status).toBe(200);
    const sizes = bind.mock.calls.flat().map((value) => new TextEncoder().encode(String(value)).byteLength);
    bind.mockRestore();
    return Math.max(...sizes);
  }

  async function entries(): Promise<number | null> {
    return env.DB.prepare("SELECT count(*) AS count FROM feed_entries").first<number>("count");
  }

  const names = (index: number, pad = (name: string) => name) => ({
    inventory_project: pad(`project ${index}`),
    inventory_application: pad("app"),
    inventory_version: pad("v1"),
    state_project: pad(`live ${index}`),
    state_environment: pad("production"),
    state_deployment: pad("web"),
  });
  const EVERY_LEVEL = 9;

  it("of almost 1 MiB, with 100 events for 32 long groups each, reaches D1 in parameters below 1 MiB", async () => {
    const groups = (index: number) =>
      Array.from({ length: 32 }, (_, group) => `team ${index}.${group} `.padEnd(255, "abc"));
    const body = JSON.stringify(
      someEvents(100, (index) => ({
        ...names(index),
        allowed_groups: groups(index),
        data: { note: "n".repeat(1_900) },
      })),
    );
    expect(body.length).toBeGreaterThan(0.97 * MIB);

    expect(await recordAndMeasure(body)).toBeLessThan(MIB);
    expect(await entries()).toBe(100 * EVERY_LEVEL * 33);
    const { events } = await list(listingPath("inventory", "project 41", "app", "v1"), {
      groups: groups(41).slice(-1),
    });
    expect(events).toMatchObject([{ inventory_project: "project 41", allowed_groups: groups(41) }]);
  });

  it.each(["é".repeat(5_050), '"'.repeat(5_050)])(
    "of 100 events with 10 KiB of data each reaches D1 in parameters below 1 MiB (%.1s)",
    async (note) => {
      const usernames = Array.from({ length: 100 }, (_, index) => `user ${index}`);
      const body = JSON.stringify(someEvents(100, (index) => ({ username: `${usernames[index]}`, data: { note } })));
      expect(await recordAndMeasure(body)).toBeLessThan(MIB);
      const { events } = await list("?page_after=0&page_size=500");
      expect(events.map(({ username }) => username)).toEqual(usernames);
      expect(events.every(({ data }) => data?.["note"] === note)).toBe(true);
    },
  );

  it.each(["%", "\u0001", '"', "語"])(
    "with names that grow because %j is escaped reaches D1 in parameters below 1 MiB",
    async (filler) => {
      const pad = (name: string) => name.padEnd(220, filler);
      const body = JSON.stringify(
        someEvents(100, (index) => ({ ...names(index, pad), allowed_groups: [pad(`team ${index}`)] })),
      );
      expect(await recordAndMeasure(body)).toBeLessThan(MIB);
      expect(await entries()).toBe(100 * EVERY_LEVEL * 2);
      const place = listingPath("project", pad("live 7"), pad("production"), pad("web"));
      expect((await list(place, { groups: [pad("team 7")] })).events).toHaveLength(1);
    },
  );

  it("of more than 1 MiB is refused, and stores nothing", async () => {
    const answer = await record(someEvents(100, () => ({ data: { note: "n".repeat(11 * 1024) } })));
    expect(answer.status).toBe(413);
    expect(Object.values(await everythingStored()).flat()).toEqual([]);
  });
});
