import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { ListingQuery } from "../../../src/domain/events/listing-query.ts";
import { MAX_STREAM_QUERIES } from "../../../src/domain/events/stream-limits.ts";
import { watchEvents, type WatchedEvents, type Watch } from "../../../src/domain/events/watch-events.ts";
import { parseEventFacts } from "../../../src/schemas/event-json.ts";
import { ArchiveCache } from "../../../src/bucket/archive-cache.ts";
import { noUsage, openDatabase, type Database } from "../../../src/store/database.ts";
import { someEvents, type SentEvent } from "../../support/factories.ts";
import { aService } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";

const service = aService();
const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

beforeEach(forgetEverything);

async function record(...events: SentEvent[]): Promise<number> {
  expect((await service.record(events)).status).toBe(200);
  const { results } = await env.DB.prepare("SELECT max(id) AS id FROM events").all<{ id: number }>();
  return results[0]?.id ?? 0;
}

const named = (username: string, fields: Partial<SentEvent> = {}): SentEvent => ({
  type: "USER_SIGNUP",
  username,
  ...fields,
});

/**
 * A world in which time passes only in waits. `at` has the actions of the test, by their times in milliseconds from the
 * beginning.
 */
class World {
  readonly usage = noUsage();
  readonly gone = new AbortController();
  readonly logged: string[] = [];
  passedMs = 0;
  isDown = false;
  readonly #due: Map<number, () => Promise<unknown>>;
  readonly #random: number;

  constructor(at: Record<number, () => Promise<unknown>> = {}, { random = 0 } = {}) {
    this.#due = new Map(Object.entries(at).map(([time, happens]) => [Number(time), happens]));
    this.#random = random;
  }

  watch(
    query: Partial<ListingQuery["query"]> = {},
    {
      expiresAt = Number.POSITIVE_INFINITY,
      groups = [],
      ...watch
    }: Partial<Watch> & Partial<ListingQuery["reader"]> = {},
  ): AsyncGenerator<WatchedEvents> {
    const reader = { name: "ann", groups, isAuditor: false, isOperator: false, expiresAt };
    const context = {
      archive: undefined,
      archiveCache: new ArchiveCache(),
      edgeObjects: { get: () => Promise.resolve(undefined), set: () => Promise.resolve() },
      background: () => {},
      usage: this.usage,
      db: failing(openDatabase(env.DB.withSession("first-primary"), this.usage), () => this.isDown),
      now: () => NOW + this.passedMs,
      random: () => this.#random,
      log: ({ event }: { event: string }) => void this.logged.push(event),
      wait: (milliseconds: number) => this.#pass(milliseconds),
    };
    const sought: ListingQuery = { reader, scope: ["everything"], query: { page_size: 500, ...query } };
    return watchEvents(context, sought, { after: undefined, signal: this.gone.signal, ...watch });
  }

  async #pass(milliseconds: number): Promise<void> {
    if (this.gone.signal.aborted) return;
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    this.passedMs += milliseconds;
    for (const [time, happens] of this.#due) {
      if (time > this.passedMs) continue;
      this.#due.delete(time);
      await happens();
    }
  }
}

function failing(db: Database, isDown: () => boolean): Database {
  return {
    ...db,
    prepare: (sql) => {
      if (isDown()) throw new Error("D1_ERROR: out of order");
      return db.prepare(sql);
    },
  };
}

async function all(watched: AsyncGenerator<WatchedEvents>): Promise<WatchedEvents[]> {
  const seen: WatchedEvents[] = [];
  for await (const item of watched) seen.push(item);
  return seen;
}

async function recordLarge(count: number): Promise<void> {
  const large = (index: number) => ({ username: `${index}`, data: { large: "x".repeat(30_000) } });
  for (let start = 0; start < count; start += 30) await record(...someEvents(30, (index) => large(start + index)));
}

const namesIn = (seen: WatchedEvents[]) =>
  seen.flatMap(({ rows }) => rows.map(({ json }) => parseEventFacts(json).username));

describe("who watches", () => {
  it("from now on is told at once where that is, and then what happens", async () => {
    const start = await record(named("before"));
    await record(named("hidden", { allowed_groups: ["ops"] }));
    const world = new World({
      3_000: () => record(named("a"), named("b"), named("hidden too", { allowed_groups: ["ops"] })),
      200_000: () => record(named("c")),
    });
    const seen = await all(world.watch());
    expect(seen[0]).toEqual({ rows: [], last: `${start}` });
    expect(namesIn(seen)).toEqual(["a", "b", "c"]);
  });

  it("where nothing has happened yet begins before everything", async () => {
    const seen = await all(new World({ 1_000: () => record(named("first")) }).watch());
    expect(seen[0]).toEqual({ rows: [], last: "0" });
    expect(namesIn(seen)).toEqual(["first"]);
  });

  it("after an ID is told all that has happened since, page by page without a pause", async () => {
    const last = await record(...someEvents(25, (index) => ({ username: `${index}` })));
    const world = new World();
    const seen: WatchedEvents[] = [];
    for await (const item of world.watch({ page_size: 10 }, { after: "0" })) {
      seen.push(item);
      if (item.last === `${last}`) break;
    }
    expect(seen.map(({ rows }) => rows.length)).toEqual([0, 10, 10, 5]);
    expect(namesIn(seen)).toEqual(Array.from({ length: 25 }, (_, index) => `${index}`));
    expect(world.passedMs).toBe(0);
  });

  it("hears of an event within a second or so while things happen, and within five when they have not", async () => {
    let recordedAt = 0;
    const happens = () => {
      recordedAt = world.passedMs;
      return record(named("x"));
    };
    const times = [3_000, 4_500, 6_000, 100_000, 101_500];
    const world: World = new World(Object.fromEntries(times.map((time) => [time, happens])));
    const delays: number[] = [];
    for await (const { rows } of world.watch()) if (rows.length > 0) delays.push(world.passedMs - recordedAt);
    expect(delays).toHaveLength(5);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5_000);
  });

  it("hears something every 15 seconds, though nothing happens", async () => {
    const world = new World();
    const times: number[] = [];
    for await (const { rows } of world.watch()) {
      expect(rows).toEqual([]);
      times.push(world.passedMs);
    }
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(15_000);
    expect(times.length).toBeLessThan(70); // polls are not made without pauses
  });

  it("costs one query a poll, and while nothing happens a look at each feed", async () => {
    await record(...someEvents(100, () => ({ allowed_groups: ["a", "b"] })));
    const world = new World();
    await all(world.watch({}, { groups: ["a", "b", "c"] }));
    expect(world.usage.queries).toBeLessThan(130); // in ten minutes
    expect(world.usage.rowsRead / world.usage.queries).toBeLessThanOrEqual(6 * 3 + 20);
  });

  it("with a filter is told how far it has been looked, so that nobody looks there again", async () => {
    await record(named("x"));
    const end = await record(...someEvents(30, () => ({ username: "y" })));
    const seen = await all(new World().watch({ username: "x" }, { after: "0" }));
    expect(namesIn(seen)).toEqual(["x"]);
    expect(seen.at(-1)?.last).toBe(`${end}`);
  });
});

describe("a watch ends", () => {
  it.each([
    [0, 10 * MINUTE],
    [0.5, 9 * MINUTE],
    [1, 8 * MINUTE],
  ])("by itself, where chance says %f, after %i ms", async (random, endsAt) => {
    const world = new World({}, { random });
    await all(world.watch());
    expect(world.passedMs).toBe(endsAt);
  });

  it("when the reader's token does", async () => {
    const world = new World({ 89_000: () => record(named("in time")), 91_000: () => record(named("too late")) });
    const seen = await all(world.watch({}, { expiresAt: NOW + 90_000 }));
    expect(world.passedMs).toBe(90_000);
    expect(namesIn(seen).every((name) => name === "in time")).toBe(true);
  });

  it("after one look where the token has ended already, within the clock's tolerance", async () => {
    await record(named("a"), named("b"));
    const seen = await all(new World().watch({ page_size: 1 }, { after: "0", expiresAt: NOW - 1 }));
    expect(namesIn(seen)).toEqual(["a"]);
  });

  it("after as many events as were asked for", async () => {
    await record(...someEvents(5, (index) => ({ username: `${index}` })));
    const seen = await all(new World().watch({ page_size: 2 }, { after: "0", limit: 3 }));
    expect(namesIn(seen)).toEqual(["0", "1", "2"]);
  });

  it("where D1 may not be asked any more, and goes on from there", async () => {
    for (let start = 0; start < 1000; start += 100) {
      await record(...someEvents(100, (index) => ({ username: `${start + index}` })));
    }
    const world = new World();
    const seen = await all(world.watch({ page_size: 1 }, { after: "0" }));
    expect(world.usage.queries).toBe(MAX_STREAM_QUERIES);
    const rest = new World().watch({}, { after: seen.at(-1)?.last, limit: 100 });
    expect([...namesIn(seen), ...namesIn(await all(rest))]).toEqual(
      Array.from({ length: 1000 }, (_, index) => `${index}`),
    );
  });

  it("when nobody watches any more, without another query", async () => {
    const world = new World({ 20_000: async () => world.gone.abort() });
    await all(world.watch());
    expect(world.passedMs).toBeLessThan(26_000);
    const { queries } = world.usage;
    expect(queries).toBeLessThan(10);
  });
});

describe("a poll that fails", () => {
  it("is logged and tried again, and nothing is missed", async () => {
    const world = new World({
      10_000: async () => void (world.isDown = true),
      12_000: () => record(named("meanwhile")),
      14_000: async () => void (world.isDown = false),
    });
    expect(namesIn(await all(world.watch()))).toEqual(["meanwhile"]);
    expect(world.logged).toContain("poll_failed");
  });

  it("again and again ends the watch where it stands", async () => {
    const last = await record(named("a"));
    const world = new World({ 30_000: async () => void (world.isDown = true) });
    const seen = await all(world.watch({}, { after: "0" }));
    expect(seen.at(-1)?.last).toBe(`${last}`);
    expect(world.logged).toEqual(["poll_failed", "poll_failed", "poll_failed", "poll_failed"]);
    expect(world.passedMs).toBeLessThan(MINUTE);
  });

  it("in the middle of a large page is tried again, and its events are neither missed nor repeated", async () => {
    await recordLarge(90);
    const world = new World({ 1_000: async () => void (world.isDown = false) });
    const seen: WatchedEvents[] = [];
    for await (const item of world.watch({}, { after: "0", limit: 90 })) {
      if (seen.push(item) === 2) world.isDown = true;
    }
    expect(seen.length).toBeGreaterThan(3);
    expect(namesIn(seen)).toEqual(Array.from({ length: 90 }, (_, index) => `${index}`));
    expect(world.logged).toEqual(["poll_failed"]);
  });

  it("again and again in the middle of a large page ends the watch there, and who goes on misses nothing", async () => {
    await recordLarge(90);
    const world = new World();
    const seen: WatchedEvents[] = [];
    for await (const item of world.watch({}, { after: "0" })) {
      if (seen.push(item) === 2) world.isDown = true;
    }
    const last = seen.at(-1)?.last;
    expect(namesIn(seen).length).toBeLessThan(90);
    const rest = await all(new World().watch({}, { after: last, limit: 90 - namesIn(seen).length }));
    expect([...namesIn(seen), ...namesIn(rest)]).toEqual(Array.from({ length: 90 }, (_, index) => `${index}`));
  });

  it("at first is an error: there is still a status to answer with", async () => {
    for (const after of [undefined, "0"]) {
      const world = new World();
      world.isDown = true;
      await expect(world.watch({}, { after }).next()).rejects.toThrow("out of order");
    }
  });
});
