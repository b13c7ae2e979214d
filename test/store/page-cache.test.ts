import { beforeEach, describe, expect, it } from "vitest";
import { PageCache } from "../../src/store/events/page-cache.ts";
import { someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";

const ann = { name: "ann", groups: ["team", "ops"] };

beforeEach(forgetEverything);

describe("a page that this isolate has served before", () => {
  it("is served again for the cost of a look, to everybody of the same groups and to nobody else", async () => {
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

  it("is never served once something new is in it", async () => {
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

describe("what an isolate keeps", () => {
  const copy = (text: string) => ({ head: 1, next: 0, text, isFixed: false, bookmark: null });

  it("is the last 64 pages that were served", () => {
    const copies = new PageCache();
    for (let page = 0; page < 64; page++) copies.set(`${page}`, copy("[]"));
    copies.set("0", copy("[0]"));
    copies.set("64", copy("[]"));
    expect(["0", "1", "2", "64"].map((view) => copies.get(view)?.text)).toEqual(["[0]", undefined, "[]", "[]"]);
  });

  it("is no page that is too large to keep", () => {
    const copies = new PageCache();
    copies.set("large", copy("x".repeat(256 * 1024 + 1)));
    expect(copies.get("large")).toBeUndefined();
  });

  it("is at most 16 MB, however few pages that is, and however often one of them is kept anew", () => {
    const copies = new PageCache();
    const large = "x".repeat(256 * 1024); // 512 KB of memory where a character takes two bytes
    for (let page = 0; page < 40; page++) {
      for (const text of ["", large, large]) copies.set(`${page}`, copy(text));
    }
    const kept = Array.from({ length: 40 }, (_, page) => page).filter((page) => copies.get(`${page}`) !== undefined);
    expect(kept).toEqual(Array.from({ length: 32 }, (_, index) => 8 + index));
  });
});
