import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { costOf } from "../support/cost.ts";
import { anEvent, someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { linesIn, messagesIn, recordsIn, textOf } from "../support/streams.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const service = aService();
const COUNT = 200;
const LARGE = "x".repeat(30_000);
/** Every fifth event is small. All events together have about 4.8 MB. */
const isLarge = (index: number) => index % 5 !== 0;

const OUT_OF_ORDER = new Error("D1_ERROR: out of order");

async function ask(query: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  const Authorization = `Bearer ${await tokenOf({ groups: ["team"] })}`;
  return service.request(`/api/v1/events/query/${query}`, { method, headers: { Authorization, ...headers } });
}

async function eventsOf(response: Response): Promise<Record<string, unknown>[]> {
  return JSON.parse(await textOf(response));
}

/** Records the queries to D1 from now on. */
function watchingD1() {
  const statement: D1PreparedStatement = Object.getPrototypeOf(env.DB.prepare("SELECT 1"));
  return vi.spyOn(statement, "all");
}

const numbersIn = (events: Record<string, unknown>[]) => events.map(({ username }) => Number(username));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

afterEach(() => void vi.restoreAllMocks());

describe("a page of more than two megabytes", () => {
  beforeAll(async () => {
    await forgetEverything();
    for (let start = 0; start < COUNT; start += 20) {
      const events = someEvents(20, (index) => ({
        username: `${start + index}`,
        state_project: "shop",
        allowed_groups: ["team"],
        ...(isLarge(start + index) && { data: { large: LARGE } }),
      }));
      expect((await service.record(events)).status).toBe(200);
    }
  });

  it.each([
    ["?page_size=200", upTo(COUNT).toReversed()],
    ["?page_size=150", upTo(COUNT).toReversed().slice(0, 150)],
    ["?page_size=500&page_after=0", upTo(COUNT)],
    ["?page_size=500&type=USER_SIGNUP&since=0", upTo(COUNT).toReversed()],
    ["project/shop/?page_size=500&page_after=0&type=USER_SIGNUP", upTo(COUNT)],
  ])("has every event in its place, byte for byte as the small pages have it: %s", async (query, expected) => {
    const response = await ask(query);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const text = await textOf(response);
    expect(numbersIn(JSON.parse(text))).toEqual(expected);
    const pieces: string[] = [];
    for (let next: string | undefined = query.replace(/page_size=\d+/, "page_size=20"); next !== undefined;) {
      const page = await ask(next);
      const events = (await textOf(page)).slice(1, -1);
      if (events === "" || pieces.length * 20 >= expected.length) break;
      pieces.push(events);
      next = /query\/(.*)>; rel="next"/.exec(page.headers.get("Link") ?? "")?.[1];
    }
    expect(`[${pieces.join(",")}]`.startsWith(text.slice(0, -1))).toBe(true);
  });

  it("is a batch of CloudEvents likewise", async () => {
    const response = await ask("?page_size=200", { Accept: "application/cloudevents-batch+json" });
    const events = await eventsOf(response);
    expect(numbersIn(events.map(({ data }) => data as Record<string, unknown>))).toEqual(upTo(COUNT).toReversed());
  });

  it("is read part by part, and only as far as the client reads", async () => {
    const queries = watchingD1();
    const response = await ask("?page_size=200");
    const readAtFirst = queries.mock.calls.length;
    expect(readAtFirst).toBe(2); // the page and its first part, so an error in this part still has a status
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const sizes: number[] = [];
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      sizes.push(chunk.value.length);
      expect(queries.mock.calls.length).toBeLessThanOrEqual(readAtFirst + sizes.length);
    }
    expect(Math.max(...sizes)).toBeLessThan(1_100_000);
    expect(sizes.length).toBeGreaterThan(4);

    const asked = queries.mock.calls.length;
    await (await ask("?page_size=200")).body?.cancel();
    expect(queries.mock.calls.length - asked).toBe(2);
  });

  it("has the tag, the link and the other headers of any page, and as a 304 or for HEAD costs one query", async () => {
    const { headers, body } = await ask("?page_size=150");
    await body?.cancel();
    expect(headers.get("Link")).toMatch(/page_from=\d+>; rel="next"$/);
    const tag = headers.get("ETag") ?? "";
    for (const [method, status, more] of [
      ["GET", 304, { "If-None-Match": tag }],
      ["HEAD", 304, { "If-None-Match": tag }],
      ["HEAD", 200, {}],
    ] as const) {
      const answer = await ask("?page_size=150", more, method);
      expect([answer.status, await answer.text()]).toEqual([status, ""]);
      expect(costOf(answer).queries).toBe(1);
      for (const name of ["Link", "ETag", "Cache-Control", "Vary"]) {
        expect(answer.headers.get(name), name).toBe(headers.get(name));
      }
    }
  });

  it("ends with a transport error, never cleanly, if D1 fails in the middle", async () => {
    const response = await ask("?page_size=200");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    watchingD1().mockRejectedValue(OUT_OF_ORDER);
    await expect(reader.read()).rejects.toThrow("out of order");
  });

  it("ends with a transport error if an event has gone", async () => {
    const response = await ask("?page_size=200");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await env.DB.prepare("UPDATE events SET id = id + 1000000").run();
    await expect(reader.read()).rejects.toThrow("no longer exists");
    await env.DB.prepare("UPDATE events SET id = id - 1000000").run();
  });

  it.each([
    ["application/x-ndjson", linesIn],
    ["text/csv", recordsIn],
  ])("is of no more weight to a download as %s", async (Accept, read) => {
    const response = await ask("?limit=190", { Accept });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let body = "";
    const decoder = new TextDecoder();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      expect(chunk.value.length).toBeLessThan(1_200_000);
      body += decoder.decode(chunk.value, { stream: true });
    }
    expect(numbersIn(read(body).events)).toEqual(upTo(COUNT).toReversed().slice(0, 190));
  });

  it("is of no more weight to a live stream", async () => {
    const response = await ask(`?page_after=0&limit=${COUNT}`, { Accept: "text/event-stream" });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let body = "";
    const decoder = new TextDecoder();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      expect(chunk.value.length).toBeLessThan(1_100_000);
      body += decoder.decode(chunk.value, { stream: true });
    }
    expect(numbersIn(messagesIn(body).events)).toEqual(upTo(COUNT));
  });

  it("is a page of the console in one round trip, which shows the length of the data", async () => {
    const batch = vi.spyOn(Object.getPrototypeOf(env.DB.withSession()), "batch");
    const statement = watchingD1();
    const Authorization = `Bearer ${await tokenOf({ groups: ["team"] })}`;
    const page = await service.request("/?page_size=200", { headers: { Authorization } });
    const text = await page.text();
    expect([batch.mock.calls.length, statement.mock.calls.length]).toEqual([1, 0]);
    expect(text.length).toBeLessThan(500_000);
    expect(text.split("30 KB")).toHaveLength(1 + 160);
    expect(text.split("Restricted")).toHaveLength(1 + COUNT);
  });
});

describe("a page below two megabytes", () => {
  beforeAll(async () => {
    await forgetEverything();
    await service.record(someEvents(100, (index) => ({ username: `${index}` })));
    for (let start = 0; start < 60; start += 20) {
      await service.record(someEvents(20, () => ({ username: "large", data: { large: LARGE } })));
    }
    await service.record([
      anEvent({ allowed_groups: ["team", ...Array.from({ length: 31 }, (_, index) => `${index}${"é".repeat(250)}`)] }),
      anEvent({ username: "last" }),
    ]);
  });

  it.each(["?page_size=500", "?page_size=500&page_after=0", "?page_size=500&type=USER_SIGNUP"])(
    "is one query, whatever there is in it: %s",
    async (query) => {
      const response = await ask(query);
      expect(await eventsOf(response)).toHaveLength(162);
      expect(costOf(response).queries).toBe(1);
    },
  );
});
