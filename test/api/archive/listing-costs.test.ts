import { beforeEach, describe, expect, it } from "vitest";
import { archiveTo } from "../../support/archive-to.ts";
import { someEvents } from "../../support/factories.ts";
import { aFailingBucket } from "../../support/failing-archive.ts";
import { aService, type Listing } from "../../support/service.ts";
import { forgetEverything } from "../../support/tables.ts";
import { tokenOf } from "../../support/tokens.ts";

beforeEach(forgetEverything);

const AUDITOR = { groups: ["audit"] };
const BINDINGS = { AUDITOR_GROUPS: "audit" };

/** A service in a new isolate, which has nothing in its caches. */
const fresh = (bindings: Partial<Env> = {}) => aService({ ...BINDINGS, ...bindings });

const GROUPS = Array.from({ length: 100 }, (_, number) => `team-${number}`);

/** Records events that many of the groups may see. Returns the ID of the last one. */
async function recordMany(count: number): Promise<number> {
  const groupsOf = (index: number) => Array.from({ length: 32 }, (_, place) => `team-${(index + 3 * place) % 100}`);
  await fresh().record(someEvents(count, (index) => ({ allowed_groups: groupsOf(index) })));
  return Number((await fresh().list("", AUDITOR)).events[0]?.id);
}

async function walk(path: string): Promise<Listing[]> {
  const page = await fresh().list(path, { groups: GROUPS });
  return page.next === undefined || page.events.length === 0 ? [page] : [page, ...(await walk(page.next))];
}

const idsOf = (pages: Listing[]) => pages.map(({ events }) => events.map(({ id }) => id));

describe("a listing of the archive", () => {
  it.each(["?page_size=30", "?page_size=30&page_after=0"])(
    "%s is whole if each event is in many of the reader's feeds, so that one query has not all rows",
    async (path) => {
      const last = await recordMany(80);
      const before = await walk(path);
      for (let end = last - 79; end < last; end += 2) await archiveTo(end, { keepUpTo: 0 });
      const after = await walk(path);
      expect(idsOf(after)).toEqual(idsOf(before));
      expect(Math.max(...after.map(({ cost }) => cost.queries))).toBeGreaterThan(1);
    },
  );

  it("with a filter ends where it ended before, also if each scanned event is in another object", async () => {
    const first = (await recordMany(90)) - 89;
    await recordMany(90);
    const last = await recordMany(90);
    const path = "?page_size=5&username=nobody";
    const [newestFirst, oldestFirst] = [path, `${path}&page_after=0`];
    const before = [await fresh().list(newestFirst, AUDITOR), await fresh().list(oldestFirst, AUDITOR)];
    for (let end = first; end <= last; end++) await archiveTo(end);
    const after = [await fresh().list(newestFirst, AUDITOR), await fresh().list(oldestFirst, AUDITOR)];
    const ends = (pages: Listing[]) => pages.map(({ events, next, tag }) => ({ events, next, tag }));
    expect(ends(after)).toEqual(ends(before));
    expect(after[0]?.cost.r2Gets).toBe(270); // the second page finds them in the cache
  });

  it("gets a 304 without a GET, because the rows of the directory have the newest ID", async () => {
    await archiveTo(await recordMany(60), { keepUpTo: 0 });
    const { tag } = await fresh().list("", AUDITOR);
    const { status, cost } = await fresh().list("", AUDITOR, { "If-None-Match": tag });
    expect({ status, queries: cost.queries, r2Gets: cost.r2Gets }).toEqual({ status: 304, queries: 1, r2Gets: 0 });
  });

  it("is a 503 while R2 does not respond, and pages above the boundary are served", async () => {
    const last = await recordMany(60);
    await archiveTo(last - 20, { keepUpTo: 0 });
    const { list, request } = fresh({ ARCHIVE: aFailingBucket("away", () => true) });
    expect((await list("?page_size=10", AUDITOR)).events).toHaveLength(10);
    const response = await request("/api/v1/events/query/", {
      headers: { Authorization: `Bearer ${await tokenOf(AUDITOR)}` },
    });
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toMatch(/^[0-9]+$/);
  });
});
