import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { archiveTo } from "../support/archive-to.ts";
import { costOf, type Cost } from "../support/cost.ts";
import { aSubscription, someEvents, type SentEvent } from "../support/factories.ts";
import { IS_DEEP } from "../support/property-runs.ts";
import { aQueue } from "../support/queue.ts";
import { aService, listingPath, withQuery, type Listing } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const oneIsolate = aService({ AUDITOR_GROUPS: "audit", DELIVERIES: aQueue().binding });
const { record, subscribe } = oneIsolate;

type Reads = Pick<typeof oneIsolate, "list" | "get">;

/** Each request is the first one of its isolate, which does not know yet if there is an archive. */
const newIsolates: Reads = {
  list: (...request) => aService({ AUDITOR_GROUPS: "audit" }).list(...request),
  get: (...request) => aService({ AUDITOR_GROUPS: "audit" }).get(...request),
};

/** One of ten events is for everyone. The others are for two groups, and one in 97 is also for a third group. */
function groupsOf(number: number): string[] | undefined {
  if (number % 10 === 0) return undefined;
  return [`guild-${number % 10}`, `team-${number % 200}`, ...(number % 97 === 0 ? ["rare"] : [])];
}

/** In the project "vault", no event is for everyone. */
function eventOf(number: number): Partial<SentEvent> {
  const groups = groupsOf(number);
  return {
    inventory_project: `project-${number % 3}`,
    inventory_application: `app-${number % 7}`,
    state_project: number % 2 === 0 ? "shop" : "vault",
    state_environment: `env-${number % 4}`,
    ...(groups && { allowed_groups: groups }),
  };
}

const named = (name: string, count: number) => Array.from({ length: count }, (_, number) => `${name}-${number}`);

const READERS: [string, string[]][] = [
  ["no group", []],
  ["one group", ["guild-1"]],
  ["a group with few events", ["rare"]],
  ["a group without events", ["strangers"]],
  ["10 groups", named("guild", 10)],
  ["199 groups", named("team", 199)],
  ["209 groups that see the same events", [...named("team", 199), ...named("guild", 10)]],
  ["auditors", ["audit"]],
];

const PLACES: [string, string][] = [
  ["everything", ""],
  ["a tree", listingPath("inventory")],
  ["a narrow scope", listingPath("inventory", "project-1", "app-5")],
  ["a scope with nothing for everyone", listingPath("project", "vault")],
  ["an environment", listingPath("project", "vault", "env-1")],
  ["a scope that does not exist", listingPath("inventory", "nothing")],
];

const SIZES = [1, 50, 500];

/**
 * The deep tests list each page in all sizes. The other tests list a page in one size, and each reader gets each cursor
 * in each size, in different places.
 */
function sizesFor(cursor: number, reader: string, place: string): number[] {
  if (IS_DEEP) return SIZES;
  const turn = READERS.findIndex(([name]) => name === reader) + PLACES.findIndex(([name]) => name === place) + cursor;
  return SIZES.filter((_, index) => index === turn % SIZES.length);
}

/** The number of entries in the reader's feeds for the events of the page. */
function countEntries({ events }: Listing, groups: string[]): number {
  const timesSeen = events.map(({ allowed_groups }) => {
    if (allowed_groups === undefined || groups.includes("audit")) return 1;
    return allowed_groups.filter((group) => groups.includes(group)).length;
  });
  return timesSeen.reduce((sum, times) => sum + times, 0);
}

/** The cost of the newest page for each reader, by the number of events. */
const firstPageCosts = new Map<number, Cost[]>();

const MANY = IS_DEEP ? 20_000 : 2_000;

const HISTORIES: [string, number, number[], Reads][] = [
  ["500 events, in new isolates,", 500, [], newIsolates],
  [`${MANY} events`, MANY, [], oneIsolate],
  ["5000 events, of which 4600 are in the archive", 5_000, [1_500, 1_501, 3_000, 4_600], oneIsolate],
];

describe.each(HISTORIES)("among %s", (_history, count, archived, { list, get }) => {
  let newest = 0;
  const isArchived = archived.length > 0;
  /** The maximum number of rows of a page that may read this number without an archive. */
  const withArchive = (rows: number) => (isArchived ? 2 * rows + 60 : rows);

  beforeAll(async () => {
    await forgetEverything();
    for (let start = 0; start < count; start += 100) {
      expect((await record(someEvents(100, (index) => eventOf(start + index)))).status).toBe(200);
    }
    newest = Number((await oneIsolate.list("", { groups: ["audit"] })).events[0]?.id);
    for (const last of archived) await archiveTo(newest - count + last);
    await oneIsolate.list("?page_size=1"); // its first request after the first move takes two queries
  });

  const cursors = (): Record<string, number>[] => [
    {},
    { page_from: newest - count / 2 },
    { page_from: newest - count + 20 },
    { page_after: 0 },
    { page_after: newest - count / 2 },
    { page_after: newest },
    ...archived
      .slice(1)
      .flatMap((last) => [{ page_from: newest - count + last + 9 }, { page_after: newest - count + last - 9 }]),
  ];

  /** The maximum number of GETs: the lists of each segment with events of the page, its bundles, and two more. */
  function getBound({ events }: Listing, groups: string[]): number {
    const positions = events.map(({ id }) => Number(id) - (newest - count) - 1);
    const starts = [0, ...archived];
    const places = positions.flatMap((position) => {
      const segment = archived.findIndex((last) => position < last);
      return segment === -1 ? [] : [[segment, Math.floor((position - (starts[segment] ?? 0)) / 256)] as const];
    });
    const segments = new Set(places.map(([segment]) => segment)).size;
    const bundles = new Set(places.map(([segment, bundle]) => `${segment}/${bundle}`)).size;
    return segments * (groups.length + 1) + bundles + 2;
  }

  it("the newest page costs the same in each history, for a reader in one group and for auditors", async () => {
    const pages = [
      await newIsolates.list("", { groups: ["guild-1"] }),
      await newIsolates.list("", { groups: ["audit"] }),
    ];
    for (const { events } of pages) expect(events).toHaveLength(50);
    firstPageCosts.set(
      count,
      pages.map(({ cost }) => cost),
    );
    if (isArchived) return; // the page has no event of the archive, so its cost is the same again
    for (const costs of firstPageCosts.values()) expect(costs).toEqual(firstPageCosts.get(500));
  });

  describe.each(READERS)("a reader in %s", (reader, groups) => {
    it.each(PLACES)("lists %s at a cost that grows only with the page and the groups", async (place, path) => {
      for (const [index, cursor] of cursors().entries()) {
        for (const page_size of sizesFor(index, reader, place)) {
          const page = await list(withQuery(path, { page_size, ...cursor }), { groups });
          const bound = withArchive(2 * countEntries(page, groups) + 2 * page_size + 6 * groups.length + 20);
          expect(page.cost, JSON.stringify({ page_size, ...cursor })).toMatchObject({ queries: 1, rowsWritten: 0 });
          expect(page.cost.rowsRead, JSON.stringify({ page_size, ...cursor })).toBeLessThanOrEqual(bound);
          expect(page.cost.r2Gets, JSON.stringify({ page_size, ...cursor })).toBeLessThanOrEqual(
            getBound(page, groups),
          );
        }
      }
    });

    it("opens the console in one round trip, at the cost of its page and of the newest 300 events", async () => {
      const sizes = [51, 300];
      const pages = await Promise.all(sizes.map((page_size) => list(withQuery("", { page_size }), { groups })));
      const bounds = pages.map((page, index) => 2 * countEntries(page, groups) + 2 * (sizes[index] ?? 0));
      const bound = bounds.reduce((sum, rows) => sum + rows) + 2 * (6 * groups.length + 20);
      const batch = vi.spyOn(Object.getPrototypeOf(env.DB.withSession()), "batch");
      const page = await get("/", { groups });
      expect(batch).toHaveBeenCalledTimes(1);
      vi.restoreAllMocks();
      expect(page.headers.get("Content-Type")).toContain("text/html");
      expect(costOf(page)).toMatchObject({ queries: 2, rowsWritten: 0 });
      expect(costOf(page).rowsRead).toBeLessThanOrEqual(withArchive(bound));
    });

    it("opens the console with filters at no more than the cost of reading 1,000 events three times", async () => {
      const newer = await list(withQuery("", { page_size: 500 }), { groups });
      const older = newer.next === undefined ? undefined : await list(newer.next, { groups });
      const seen = countEntries(newer, groups) + (older === undefined ? 0 : countEntries(older, groups));
      const { queries, rowsRead } = costOf(await get("/?username=nobody", { groups }));
      expect(queries).toBe(2);
      const bound = 3 * (2 * seen + 2 * 1000) + 2 * (6 * groups.length + 20);
      expect(rowsRead).toBeLessThanOrEqual(withArchive(bound));
    });

    it.each(PLACES)("gets a 304 for %s at the cost of reading the newest entry of each feed", async (_place, path) => {
      const { tag } = await list(path, { groups });
      const { status, cost } = await list(path, { groups }, { "If-None-Match": tag });
      expect({ status, queries: cost.queries }).toEqual({ status: 304, queries: 1 });
      expect(cost.rowsRead).toBeLessThanOrEqual(withArchive(6 * groups.length + 20));
    });
  });
});

describe("recording", () => {
  const SUBSCRIPTIONS = 50;
  const GROUPS = named("team", 32);

  /** Names at all levels of two projects. The events share the names, or each event has its own. */
  const everywhere = (name: string, groups?: string[]) => ({
    inventory_project: name,
    inventory_application: "app",
    inventory_version: "v1",
    state_project: `${name}-live`,
    state_environment: "production",
    state_deployment: "web",
    ...(groups && { allowed_groups: groups }),
  });

  const REQUESTS: [string, (index: number) => Partial<SentEvent>][] = [
    ["without any name", () => ({})],
    ["for everyone", () => ({ state_project: "shop" })],
    ["for everyone, in both trees", () => everywhere("shop")],
    ["for everyone, each in its own projects", (index) => everywhere(`shop-${index}`)],
    ["for a group", () => ({ state_project: "shop", allowed_groups: ["team-1"] })],
    ["for groups that no subscription has", () => ({ state_project: "shop", allowed_groups: ["x", "y", "z"] })],
    ["for 32 groups", () => ({ state_project: "shop", allowed_groups: GROUPS })],
    ["for 32 groups that no subscription has", () => ({ state_project: "shop", allowed_groups: named("x", 32) })],
    ["for 32 groups, each in its own projects", (index) => everywhere(`shop-${index}`, GROUPS)],
    ["for nobody", () => ({ state_project: "shop", allowed_groups: [] })],
    ["of a type that no subscription takes", () => ({ type: "TEAM_DELETED", state_project: "shop" })],
  ];

  beforeEach(forgetEverything);

  async function withinBound(events: SentEvent[], subscriptions: number, headers: Record<string, string> = {}) {
    const answer = await record(events, headers);
    const { rowsRead, rowsWritten } = costOf(answer);
    expect(answer.status).toBe(200);
    expect(rowsRead).toBeLessThanOrEqual(3 * rowsWritten + subscriptions + 20);
  }

  describe.each([1, 100])("%i", (count) => {
    it.each(REQUESTS)("%s costs no more than its writes", async (_, fields) => {
      const events = someEvents(count, fields);
      await withinBound(events, 0);
      await withinBound(events, 0); // now the feeds exist
      await record(someEvents(100, () => ({ state_project: "another", allowed_groups: GROUPS })));
      await withinBound(events, 0);
    });

    it.each(REQUESTS)("%s costs no more than its writes and one read for each subscription", async (_, fields) => {
      const events = someEvents(count, fields);
      const all = Array.from({ length: SUBSCRIPTIONS }, () => aSubscription({ event_types: ["USER_SIGNUP"] }));
      await subscribe("shop", all, GROUPS);
      await subscribe("shop-live", all, GROUPS);
      await subscribe("another", all, GROUPS);
      const projects = new Set(events.flatMap((event) => [event.inventory_project, event.state_project]));
      const subscribed = ["shop", "shop-live"].filter((project) => projects.has(project)).length;
      await withinBound(events, subscribed * SUBSCRIPTIONS);
      await withinBound(events, subscribed * SUBSCRIPTIONS);
    });

    it("again under the same key read at most 20 rows", async () => {
      await subscribe(
        "shop",
        Array.from({ length: SUBSCRIPTIONS }, () => aSubscription()),
      );
      const events = someEvents(count, () => everywhere("shop", GROUPS));
      await withinBound(events, SUBSCRIPTIONS, { "Idempotency-Key": "k" });
      const replay = costOf(await record(events, { "Idempotency-Key": "k" }));
      expect(replay.rowsWritten).toBe(0);
      expect(replay.rowsRead).toBeLessThanOrEqual(20);
    });
  });

  describe("for 50 subscriptions of 200 groups in each of two projects", () => {
    /** Names of the maximum length. Two of them differ only at their end. */
    const longest = (kind: string, number: number) => `${kind}-${number}`.padStart(255, "x");
    const OWNED = Array.from({ length: 199 }, (_, number) => longest("owned", number));
    const everyPair = (group: (index: number, place: number) => string) =>
      someEvents(100, (index) => ({
        inventory_project: "shop",
        state_project: "shop-live",
        allowed_groups: Array.from({ length: 32 }, (_, place) => group(index, place)),
      }));

    const AUDIENCES: [string, (index: number, place: number) => string, number][] = [
      ["with no group of a subscription", (index, place) => longest("foreign", 32 * index + place), 0],
      ["with one group of the subscriptions", (_, place) => longest(place === 31 ? "owned" : "foreign", place), 10_000],
    ];

    it.each(AUDIENCES)(
      "100 events for 32 groups each, %s, cost no more than their writes, and take seconds",
      async (_, group, deliveries) => {
        const subscriptions = Array.from({ length: SUBSCRIPTIONS }, () => aSubscription());
        for (const project of ["shop", "shop-live"]) {
          expect((await subscribe(project, subscriptions, OWNED)).status).toBe(200);
        }
        for (const _time of [1, 2]) {
          const startedAt = performance.now();
          await withinBound(everyPair(group), 2 * SUBSCRIPTIONS);
          expect(performance.now() - startedAt).toBeLessThan(15_000); // D1 ends a batch after 30 s
        }
        const { results } = await env.DB.prepare("SELECT count(*) AS count FROM deliveries").all();
        expect(results).toEqual([{ count: 2 * deliveries }]);
      },
    );
  });

  it("takes one round trip to D1", async () => {
    await subscribe("shop", [aSubscription()]);
    const session = vi.spyOn(Object.getPrototypeOf(env.DB.withSession()), "batch");
    const statement = vi.spyOn(Object.getPrototypeOf(env.DB.prepare("SELECT 1")), "all");
    await record(
      someEvents(100, () => everywhere("shop")),
      { "Idempotency-Key": "once" },
    );
    expect(session).toHaveBeenCalledTimes(1);
    expect(statement).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
