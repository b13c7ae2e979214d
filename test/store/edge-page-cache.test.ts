import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { edgeCache } from "../../src/store/edge-cache.ts";
import { edgePageCache } from "../../src/store/events/edge-page-cache.ts";
import { someEvents, type SentEvent } from "../support/factories.ts";
import { AUDITOR_GROUP, isVisible } from "../support/model.ts";
import { aService, withQuery } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";
import { propertyRuns } from "../support/property-runs.ts";

vi.setConfig({ testTimeout: 60_000 });

/** A new isolate on each call. All of them share the edge's cache. */
const anIsolate = (vars: Partial<Env> = {}) => aService({ AUDITOR_GROUPS: AUDITOR_GROUP, ...vars });

let newest = 0;

async function withHistory(events: SentEvent[]): Promise<void> {
  await forgetEverything();
  await anIsolate().record(events);
  newest = Number((await anIsolate().list("?page_size=1", { groups: [AUDITOR_GROUP] })).events[0]?.id);
}

const restricted = (index: number) => ({
  username: `user${index}`,
  allowed_groups: [index % 2 === 0 ? "team" : "ops"],
});

beforeEach(() => withHistory(someEvents(60, restricted)));

async function headersOf(query: string, groups: string[], headers: Record<string, string> = {}): Promise<Headers> {
  const authorization = { Authorization: `Bearer ${await tokenOf({ groups })}` };
  const response = await anIsolate().request(`/api/v1/events/query/${query}`, {
    headers: { ...authorization, ...headers },
  });
  return response.headers;
}

describe("a page that can never change", () => {
  const page = () => `?page_size=5&page_from=${newest - 20}`;

  it("is served from the edge without a query to D1, to all readers with the same groups", async () => {
    const first = await anIsolate().list(page(), { name: "ann", groups: ["team", "ops"] });
    const again = await anIsolate().list(page(), { name: "ben", groups: ["ops", "team"] });
    expect(first.cost.queries).toBe(1);
    expect(again).toEqual({ ...first, cost: { queries: 0, rowsRead: 0, rowsWritten: 0, r2Gets: 0 } });
    const unchanged = await anIsolate().list(page(), { groups: ["ops", "team"] }, { "If-None-Match": first.tag });
    expect(unchanged).toMatchObject({ status: 304, cost: { queries: 0 }, next: first.next, tag: first.tag });
  });

  it("may be cached by its reader, and has a bookmark: the one that the reader sent, or that of the session that read it", async () => {
    const first = await headersOf(page(), ["team"]);
    const kept = await headersOf(page(), ["team"]);
    expect(kept.get("Server-Timing")).toContain('d1-queries;desc="0"');
    expect(kept.get("Cache-Control")).toMatch(/^private\b.*\bimmutable$/);
    expect(kept.get("x-d1-bookmark")).toBe(first.get("x-d1-bookmark"));
    const sent = `${"f".repeat(8)}-00000000-00000000-${"0".repeat(32)}`;
    expect((await headersOf(page(), ["team"], { "x-d1-bookmark": sent })).get("x-d1-bookmark")).toBe(sent);
  });

  it("never has a page_from beyond the newest event that the reader can see", async () => {
    await anIsolate().record(someEvents(3, () => ({ allowed_groups: ["others"] })));
    const beyondHers = `?page_size=5&page_from=${newest + 2}`;
    for (let asked = 0; asked < 2; asked++) {
      expect((await anIsolate().list(beyondHers, { groups: ["team"] })).cost.queries).toBe(1);
      expect((await headersOf(beyondHers, ["team"])).get("Cache-Control")).toBe("private, no-cache");
    }
    await anIsolate().record(someEvents(1, () => ({ allowed_groups: ["team"] })));
    expect((await headersOf(beyondHers, ["team"])).get("Cache-Control")).toContain("immutable");
  });

  it.each([
    ["the newest page", () => "?page_size=5"],
    ["what follows an ID", () => `?page_size=5&page_after=${newest - 20}`],
    ["a page that is not full", () => `?page_size=50&page_from=${newest - 20}`],
  ])("is not %s", async (_, query) => {
    for (let asked = 0; asked < 2; asked++) {
      expect((await anIsolate().list(query(), { groups: ["team", "ops"] })).cost.queries).toBe(1);
    }
  });

  it("is not served to a reader who is no longer an auditor", async () => {
    const seen = await anIsolate().list(page(), { groups: [AUDITOR_GROUP] });
    expect(seen.events).toHaveLength(5);
    const later = await anIsolate({ AUDITOR_GROUPS: "others" }).list(page(), { groups: [AUDITOR_GROUP] });
    expect(later.events).toEqual([]);
  });

  it.each(["http://localhost:8787", "http://127.0.0.1:8787", "https://tidings.ann.workers.dev"])(
    "is not looked up at %s, where the platform has no usable cache",
    async (origin) => {
      const url = `${origin}/api/v1/events/query/${page()}`;
      const groups = ["team"];
      for (let asked = 0; asked < 2; asked++) {
        expect((await anIsolate().list(url, { groups })).cost.queries).toBe(1);
      }
    },
  );

  it("is read from D1 if the edge has no cache, or if the cache fails", async () => {
    const down = () => Promise.reject(new Error("down"));
    const failing = edgePageCache(edgeCache({ match: down, put: down }, "https://tidings.example", "secret"));
    const copy = { head: 1, next: 1, text: "[]", isFixed: true, bookmark: null };
    await expect(failing.set("view", copy)).resolves.toBeUndefined();
    await expect(failing.get("view")).resolves.toBeUndefined();
  });

  it("is stored under a path that nobody can guess, and that is a 404 for every request", async () => {
    const kept: string[] = [];
    const cache = {
      match: async () => undefined,
      put: async (url: RequestInfo | URL) => void kept.push(url instanceof Request ? url.url : url.toString()),
    };
    for (const secret of ["one", "two"]) {
      const pages = edgePageCache(edgeCache(cache, "https://tidings.example", secret));
      await pages.set("view", { head: 1, next: 1, text: "[]", isFixed: true, bookmark: null });
    }
    expect(new Set(kept).size).toBe(2);
    for (const url of kept) {
      expect(url).toMatch(/^https:\/\/tidings\.example\/\.pages\/[0-9a-f]{64}$/);
      expect((await anIsolate().request(new URL(url).pathname)).status).toBe(404);
    }
    expect(kept.join()).not.toContain(env.INTERNAL_TOKEN);
  });
});

describe("a page from the edge", () => {
  const GROUPS = ["team", "ops", "everyone", "auditors", AUDITOR_GROUP];
  const wish = fc.record({
    groups: fc.subarray(GROUPS),
    size: fc.integer({ min: 1, max: 3 }),
    before: fc.nat(24),
    path: fc.constantFrom("", "project/", "project/shop/", "project/web/"),
    username: fc.option(fc.constantFrom("ann", "ben"), { nil: undefined }),
    auditors: fc.constantFrom(AUDITOR_GROUP, "ops", ""),
    accept: fc.constantFrom("application/json", "application/cloudevents-batch+json"),
  });

  it("is never the page of another view, whichever pages were requested before, by any reader", async () => {
    const event = fc.record(
      {
        allowed_groups: fc.subarray(GROUPS.slice(0, 4)),
        state_project: fc.constantFrom("shop", "web"),
        username: fc.constantFrom("ann", "ben"),
      },
      { requiredKeys: ["username"] },
    );
    const world = fc.record({
      events: fc.array(event, { minLength: 10, maxLength: 20 }),
      wishes: fc.array(wish, { minLength: 12, maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(world, async ({ events, wishes }) => {
        const sent = events.map((fields) => ({ type: "USER_SIGNUP" as const, ...fields }));
        await withHistory(sent);
        const history = sent.map((one, index) => ({ ...one, id: newest - sent.length + 1 + index }));
        for (const { groups, size, before, path, username, auditors, accept } of [...wishes, ...wishes]) {
          const readAs = groups.includes(auditors)
            ? [AUDITOR_GROUP]
            : groups.filter((group) => group !== AUDITOR_GROUP);
          const project = path.split("/")[1];
          const expected = history
            .filter((one) => one.id < newest - before && isVisible(one, readAs))
            .filter(
              (one) => path === "" || (one.state_project !== undefined && (!project || one.state_project === project)),
            )
            .filter((one) => username === undefined || one.username === username)
            .toReversed()
            .slice(0, size);
          const response = await anIsolate({ AUDITOR_GROUPS: auditors }).request(
            `/api/v1/events/query/${withQuery(path, { page_size: size, page_from: newest - before, username })}`,
            { headers: { Authorization: `Bearer ${await tokenOf({ groups })}`, Accept: accept } },
          );
          const rows = await response.json<{ id: string; data?: { id: string }; specversion?: string }[]>();
          expect(rows.map(({ id }) => Number(id))).toEqual(expected.map(({ id }) => id));
          expect(rows.every(({ specversion }) => (specversion !== undefined) === accept.includes("cloud"))).toBe(true);
        }
      }),
      { numRuns: propertyRuns(0.5) },
    );
  });
});
