import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { toActivity, MAX_BARS, type ChartPoint } from "../../src/console/events/activity.ts";
import { someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { elementsOf, signedIn, wordsOf } from "./browser.ts";

const HOUR = 3_600_000;
const LATEST_MS = 9_999_999_999_999; // the latest timestamp of an event, with 19 digits of nanoseconds

const happenings = fc.array(
  fc.record({
    category: fc.constantFrom("a", "b", "c"),
    timeMs: fc.oneof(
      fc.nat({ max: LATEST_MS }),
      fc.nat({ max: 48 * HOUR }).map((more) => 1_700_000_000_000 + more),
      fc.constantFrom(0, LATEST_MS),
    ),
  }),
  { minLength: 1, maxLength: 300 },
);

describe("bars", () => {
  it("are few and equally long, and the first and the last are not empty", () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const { bars = [], stepMs = 0 } = toActivity(all) ?? {};
        expect(bars.length).toBeGreaterThan(0);
        expect(bars.length).toBeLessThanOrEqual(MAX_BARS);
        for (const [index, { fromMs }] of bars.entries()) expect(fromMs).toBe((bars[0]?.fromMs ?? 0) + index * stepMs);
        expect(bars[0]?.counts.size).toBeGreaterThan(0);
        expect(bars.at(-1)?.counts.size).toBeGreaterThan(0);
      }),
    );
  });

  it("count the events in them, and the outliers are counted too", () => {
    fc.assert(
      fc.property(happenings, (all) => {
        const { bars = [], stepMs = 0, outliers } = toActivity(all) ?? {};
        const inside = (fromMs: number, timeMs: number) => fromMs <= timeMs && timeMs < fromMs + stepMs;
        for (const { fromMs, counts } of bars) {
          for (const category of ["a", "b", "c"]) {
            const count = all.filter((one) => one.category === category && inside(fromMs, one.timeMs)).length;
            expect(counts.get(category) ?? 0).toBe(count);
          }
        }
        expect(outliers).toBe(all.filter(({ timeMs }) => !bars.some(({ fromMs }) => inside(fromMs, timeMs))).length);
      }),
    );
  });

  it("do not depend on the order of recording", () => {
    const shuffled = happenings.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        expect(toActivity(other)).toEqual(toActivity(all));
      }),
    );
  });

  it("are not made wider by a few outliers", () => {
    const hours = (count: number): ChartPoint[] =>
      Array.from({ length: count }, (_, index) => ({ category: "a", timeMs: 1_700_000_000_000 + (index % 24) * HOUR }));
    const { bars, stepMs } = toActivity(hours(300)) ?? {};
    expect([bars?.length, stepMs]).toEqual([24, HOUR]);
    for (const timeMs of [0, LATEST_MS]) {
      const far = Array.from({ length: 6 }, () => ({ category: "a", timeMs }));
      expect(toActivity([...hours(300), ...far])).toEqual({ bars, stepMs, outliers: 6 });
    }
    expect(toActivity([...hours(30), { category: "a", timeMs: 0 }])).toMatchObject({ stepMs: HOUR, outliers: 1 });
  });

  it("show as many events as they can if no step fits all", () => {
    const wide = [0, 1, LATEST_MS - 2, LATEST_MS - 1, LATEST_MS].map((timeMs) => ({ category: "a", timeMs }));
    expect(toActivity(wide)).toMatchObject({ bars: [{ counts: new Map([["a", 3]]) }], outliers: 2 });
    expect(toActivity([])).toBeUndefined();
  });
});

describe("a page's activity", () => {
  const service = aService();
  const { record } = service;

  beforeEach(forgetEverything);

  const dayNs = 86_400_000_000_000n;
  const day = (number: number) => `${1_700_006_400_000_000_000n + BigInt(number) * dayNs}`; // 15 November 2023
  const builds = (count: number) =>
    someEvents(count, (index) => ({ type: "ADD_BUILD", timestamp: day(index % 5), username: "ann" }));

  async function table(path: string): Promise<string[][]> {
    const page = await (await signedIn(service)).open(path);
    const rows = (await page.clone().text()).match(/<tr>.*?<\/tr>/gs) ?? [];
    return Promise.all(
      rows.map(async (row) => (await elementsOf(new Response(row), "th, td")).map(({ text }) => text)),
    );
  }

  it("says how many events it shows, since when, and by category", async () => {
    await record([...builds(10), ...someEvents(2, () => ({ timestamp: day(4) }))]);
    const page = await (await signedIn(service)).open("/");
    expect(await wordsOf(page)).toContain(
      "Activity The newest 12 events, since Wed, 15 Nov 2023, 00:00 UTC. Each bar is 3 hours.",
    );
    expect((await elementsOf(page, ".chart li")).map(({ text }) => text)).toEqual(["Builds 10", "People 2"]);
    expect((await table("/")).slice(0, 3)).toEqual([
      ["From (UTC)", "Builds", "People"],
      ["Sun, 19 Nov 2023, 00:00", "2", "2"],
      ["Sat, 18 Nov 2023, 00:00", "2", "0"],
    ]);
  });

  it("links each bar to its events in the same view, for pointer and keyboard", async () => {
    await record(builds(10));
    const browser = await signedIn(service);
    const page = await browser.open("/?username=ann&page_size=3");
    const [bar, ...others] = await elementsOf(page, "svg a");
    const rows = await elementsOf(page, ".activity table a");
    expect(bar?.attributes).toMatchObject({ tabindex: "-1" });
    expect([bar, ...others].map((link) => link?.attributes["href"])).toEqual(
      rows.toReversed().map(({ attributes }) => attributes["href"]),
    );
    expect(bar?.attributes["href"]).toBe("?username=ann&page_size=3&since=2023-11-15T00%3A00&until=2023-11-15T03%3A00");
    const inIt = await browser.open(`/${bar?.attributes["href"]}`);
    const times = (await elementsOf(inIt, ".entry time")).map(({ attributes }) => attributes["datetime"]);
    expect(times).toEqual(["2023-11-15T00:00:00.000000000Z", "2023-11-15T00:00:00.000000000Z"]);
  });

  it("counts only events that the reader may see and that match the filters", async () => {
    await record([
      ...builds(20),
      ...someEvents(20, (index) => ({ timestamp: day(index % 5), allowed_groups: ["others"] })),
      ...someEvents(20, (index) => ({ timestamp: day(index % 5), username: "ben" })),
    ]);
    expect((await table("/"))[0]).toEqual(["From (UTC)", "Builds", "People"]);
    expect((await table("/?username=ann"))[0]).toEqual(["From (UTC)", "Builds"]);
    expect((await table("/?since=2023-11-18T00:00"))[1]).toEqual(["Sun, 19 Nov 2023, 00:00", "4", "4"]);
  });

  it("scans as far as the page does when there are filters", async () => {
    await record(builds(20));
    for (let step = 0; step < 4; step++) await record(someEvents(100, () => ({ username: "ben" })));
    expect((await table("/?username=ann"))[0]).toEqual(["From (UTC)", "Builds"]);
  });

  it("says how many outliers it leaves out", async () => {
    await record([...builds(20), ...someEvents(1, () => ({ timestamp: "0" }))]);
    const words = await wordsOf(await (await signedIn(service)).open("/"));
    expect(words).toContain("Each bar is 3 hours. 1 event is far from the others and is not shown.");
  });

  it("covers the newest 300 events and adds less than 2.5 KB", async () => {
    const types = ["ADD_BUILD", "USER_SIGNUP", "CREATE_STATE_PROJECT", "CREATE_INVENTORY_PROJECT"] as const;
    const startNs = BigInt(day(0));
    for (let step = 0; step < 4; step++) {
      await record(
        someEvents(100, (index) => ({
          type: types[index % 4] ?? "ADD_BUILD",
          timestamp: `${startNs + BigInt(step * 100 + index) * 420_000_000_000n}`,
        })),
      );
    }
    const page = await (await signedIn(service)).open("/");
    expect(await wordsOf(page)).toContain("Activity The newest 300 events, since Wed, 15 Nov 2023, 11:00 UTC.");
    const [section = ""] = /<section class="activity".*?<\/section>/s.exec(await page.text()) ?? [];
    expect((await elementsOf(new Response(section), "svg a")).length).toBe(36);
    const sent = new Response(new Response(section).body?.pipeThrough(new CompressionStream("gzip")));
    expect((await sent.arrayBuffer()).byteLength).toBeLessThan(2500);
  });

  it("draws even the smallest bar visibly", async () => {
    await record([...someEvents(95, () => ({ type: "ADD_BUILD", timestamp: day(0) })), ...builds(5)]);
    const [bars] = await elementsOf(await (await signedIn(service)).open("/"), ".chart path:not(.baseline)");
    const heights = [...(bars?.attributes["d"] ?? "").matchAll(/v-([\d.]+)/g)].map(([, height]) => Number(height));
    expect(heights.length).toBe(5);
    expect(Math.min(...heights)).toBeGreaterThan(1);
  });

  it("is not shown if all events happened at the same time", async () => {
    await record(someEvents(12, () => ({ timestamp: day(0) })));
    expect(await elementsOf(await (await signedIn(service)).open("/"), ".activity")).toEqual([]);
  });

  it("is not shown for few events, nor on older pages", async () => {
    await record(builds(9));
    const browser = await signedIn(service);
    expect(await elementsOf(await browser.open("/"), ".activity")).toEqual([]);
    await record(builds(30));
    expect((await elementsOf(await browser.open("/"), ".activity")).length).toBe(1);
    expect(await elementsOf(await browser.open("/?page_from=9999"), ".activity")).toEqual([]);
    expect(await elementsOf(await browser.open("/project/empty"), ".activity")).toEqual([]);
  });
});
