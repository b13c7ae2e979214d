import { beforeEach, describe, expect, it } from "vitest";
import { PageCache } from "../../src/store/events/page-cache.ts";
import { someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";

const ann = { name: "ann", groups: ["team", "ops"] };

beforeEach(forgetEverything);

describe("a page that this isolate has served before", () => {
  it("is served again for one cheap query, to all readers with the same groups and to no others", async () => {
    const service = aService();
    await service.record(someEvents(60, (index) => ({ allowed_groups: [index % 2 === 0 ? "team" : "ops"] })));
    const first = await service.list("?page_size=50", ann);
    const again = await service.list("?page_size=50", { name: "ben", groups: ["ops", "team"] });
    expect({ ...again, cost: undefined }).toEqual({ ...first, cost: undefined });
    expect(first.cost.rowsRead).toBeGreaterThan(100);
    expect(again.cost.rowsRead).toBeLessThan(25);
    expect(again.cost.queries).toBe(1);

    expect((await service.list("?page_size=50", { groups: ["ops"] })).events).toHaveLength(30);
    expect((await service.list("?page_size=49", ann)).events).toHaveLength(49);
    expect((await service.list("project/?page_size=50", ann)).events).toEqual([]);
  });

  it("is not served any more when a new event belongs on it", async () => {
    const service = aService();
    for (let count = 1; count <= 5; count++) {
      await service.record(someEvents(1, () => ({ allowed_groups: ["team"] })));
      await service.record(someEvents(1, () => ({ allowed_groups: ["others"] })));
      expect((await service.list("?page_size=50", ann)).events).toHaveLength(count);
      expect((await service.list("?page_size=50", ann)).events).toHaveLength(count);
    }
  });

  it("is not served from an emptied database", async () => {
    const service = aService();
    await service.record(someEvents(2));
    const { tag } = await service.list("");
    await forgetEverything();
    expect((await service.list("")).events).toEqual([]);
    expect(await service.list("", {}, { "If-None-Match": tag })).toMatchObject({ status: 200, events: [] });
  });
});

describe("the page cache of an isolate", () => {
  const page = (text: string) => ({ head: 1, next: 0, text, isFixed: false, bookmark: null });

  it("keeps the last 64 pages that were served", () => {
    const cache = new PageCache();
    for (let number = 0; number < 64; number++) cache.set(`${number}`, page("[]"));
    cache.set("0", page("[0]"));
    cache.set("64", page("[]"));
    expect(["0", "1", "2", "64"].map((view) => cache.get(view)?.text)).toEqual(["[0]", undefined, "[]", "[]"]);
  });

  it("does not keep a page that is too large", () => {
    const cache = new PageCache();
    cache.set("large", page("x".repeat(256 * 1024 + 1)));
    expect(cache.get("large")).toBeUndefined();
  });

  it("keeps at most 16 MB, even if that is less than 64 pages, and counts a page that is set again once", () => {
    const cache = new PageCache();
    const large = "x".repeat(256 * 1024); // 512 KB of memory at two bytes per character
    for (let number = 0; number < 40; number++) {
      for (const text of ["", large, large]) cache.set(`${number}`, page(text));
    }
    const kept = Array.from({ length: 40 }, (_, number) => number).filter(
      (number) => cache.get(`${number}`) !== undefined,
    );
    expect(kept).toEqual(Array.from({ length: 32 }, (_, index) => 8 + index));
  });
});
