import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseExactJson } from "../../src/lib/exact-json.ts";
import { type Filters, type Listing, TidingsError } from "../../src/client/index.ts";
import { aClient, respondingWith, collect, cut, unavailable } from "../support/client.ts";
import { anEvent, someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";
import { recordRareEvents } from "./rare-events.ts";

const service = aService();

beforeEach(forgetEverything);

const idsOf = (events: { id: string }[]) => events.map(({ id }) => Number(id));

describe("events", () => {
  it("are all events of a listing, newest first, over all its pages", async () => {
    await service.record(someEvents(7, (index) => ({ username: `event ${index}` })));
    const { events, sent } = aClient(service);
    const all = await collect(events("everything", { page_size: 3 }));
    expect(all.map(({ username }) => username)).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `event ${index}`));
    expect(sent).toHaveLength(3);
    const pages = await collect(events("everything", { page_size: 3 }).pages());
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
  });

  it("end with an error if a proxy repeats a response, and do not loop forever", async () => {
    await service.record(someEvents(5));
    let answer: Response | undefined;
    const { events, sent } = aClient(service, {
      between: (send) => async (url, init) => {
        answer = answer?.clone() ?? (await send(url, init));
        return answer.clone();
      },
    });
    await expect(collect(events("everything", { page_size: 2 }))).rejects.toThrow("does not lead to older events");
    expect(sent).toHaveLength(1);
  });

  it("come from each of the nine listings, with any names", async () => {
    const [a, b, c] = ["a/b %2F?", "ü&=+ #", "a.b"];
    const inventory = { inventory_project: a, inventory_application: b, inventory_version: c };
    const state = { state_project: a, state_environment: b, state_deployment: c };
    for (const names of [inventory, state]) {
      const levels = Object.entries(names);
      for (let depth = 1; depth <= 3; depth += 1) {
        await service.record(anEvent(Object.fromEntries(levels.slice(0, depth))));
      }
    }
    const { events } = aClient(service);
    const listings: [Listing, number][] = [
      ["everything", 6],
      [{}, 6],
      [{ inventory_project: a }, 3],
      [{ state_project: a, state_environment: b }, 2],
      [["inventory"], 3],
      [["inventory", a], 3],
      [["inventory", a, b], 2],
      [["inventory", a, b, c], 1],
      [["state"], 3],
      [["state", a], 3],
      [["state", a, b], 2],
      [["state", a, b, c], 1],
      [["state", a, b, "another"], 0],
    ];
    for (const [listing, count] of listings) {
      expect(await collect(events(listing, { page_size: 1 })), JSON.stringify(listing)).toHaveLength(count);
    }
  });

  it("are those that match the filters, on each of the nine listings and on all its pages", async () => {
    const names = {
      inventory_project: "a",
      inventory_application: "b",
      inventory_version: "c",
      state_project: "a",
      state_environment: "b",
      state_deployment: "c",
    };
    await service.record([
      { ...names, type: "ADD_BUILD", username: "ann", timestamp: "1000" },
      { ...names, type: "TEAM_CREATED", username: "ben", timestamp: "2000" },
      { ...names, type: "USER_SIGNUP", username: "ann", timestamp: "3000" },
    ]);
    const filters: [Filters, string[]][] = [
      [{ type: "ADD_BUILD" }, ["1000"]],
      [{ type: ["ADD_BUILD", "USER_SIGNUP"] }, ["3000", "1000"]],
      [{ username: "ann", since: "1001" }, ["3000"]],
      [{ since: "1970-01-01T00:00:00.000001Z", until: "3000" }, ["2000", "1000"]],
      [{ type: [], username: "" }, ["3000", "2000", "1000"]],
    ];
    const listings: Listing[] = [
      "everything",
      { state_project: "a", state_environment: "b" },
      ["inventory"],
      ["inventory", "a"],
      ["inventory", "a", "b"],
      ["inventory", "a", "b", "c"],
      ["state"],
      ["state", "a"],
      ["state", "a", "b"],
      ["state", "a", "b", "c"],
    ];
    const { events } = aClient(service);
    for (const listing of listings) {
      for (const [filter, timestamps] of filters) {
        const left = await collect(events(listing, { ...filter, page_size: 1 }));
        expect(
          left.map(({ timestamp }) => timestamp),
          JSON.stringify([listing, filter]),
        ).toEqual(timestamps);
      }
    }
  });

  it("are complete even if filters make a page short or empty before the end", async () => {
    await recordRareEvents(service);
    const stream = aClient(service).events("everything", { username: "rare" });
    expect((await collect(stream.pages())).map((page) => page.length)).toEqual([1, 0, 1]);
    expect(await collect(stream)).toHaveLength(2);
  });

  it("continue from an ID", async () => {
    await service.record(someEvents(5));
    const { events } = aClient(service);
    const [, second, ...older] = await collect(events("everything"));
    expect(await collect(events("everything", { page_from: second?.id ?? "" }))).toEqual(older);
  });

  it.each([[["state", ""]], [["state", "."]], [["inventory", "shop", ".."]]] as const)(
    "are not requested for %j, which a URL parser would turn into the listing above it",
    (listing) => {
      expect(() => aClient(service).events(listing)).toThrow(TypeError);
    },
  );

  it("are each read from a database no older than the page before", async () => {
    await service.record(someEvents(3));
    const bookmarks: (string | null)[] = [];
    const { events, sent } = aClient(service, {
      between: (send) => async (url, init) => {
        const response = await send(url, init);
        bookmarks.push(response.headers.get("x-d1-bookmark"));
        return response;
      },
    });
    await collect(events("everything", { page_size: 1 }));
    expect(bookmarks).not.toContain(null);
    expect(sent.map(({ headers }) => headers.get("x-d1-bookmark"))).toEqual([null, ...bookmarks.slice(0, -1)]);
  });

  it("come through a proxy with another origin and path, and only the proxy gets the token", async () => {
    await service.record(someEvents(3));
    const asked: string[] = [];
    const { events } = aClient(service, {
      baseUrl: "https://proxy.example/audit/",
      between: (send) => async (url, init) => {
        asked.push(url);
        return send(url.replace("https://proxy.example/audit", "http://inner.example:8080"), init);
      },
    });
    expect(await collect(events({ state_project: "" }, { page_size: 2 }))).toHaveLength(3);
    const base = "https://proxy.example/audit/api/v1/events/query/?";
    expect(asked).toEqual([expect.stringContaining(base), expect.stringContaining(base)]);
  });

  it("are read again after a transient error", async () => {
    await service.record(someEvents(2));
    const { events, waits } = aClient(service, {
      between: respondingWith(
        () => unavailable("7"),
        () => Promise.reject(new TypeError("fetch failed")),
        () => cut('[{"id":"1"}]'),
        () => new Response('[{"id":"1"}'),
      ),
    });
    expect(await collect(events("everything"))).toHaveLength(2);
    expect(waits).toEqual([7250, 500, 1000, 2000]);
  });

  it("end with the error if it persists", async () => {
    const { events, waits } = aClient(service, { between: () => async () => unavailable() });
    const failure = await collect(events("everything")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TidingsError);
    expect(failure).toMatchObject({ status: 503, problem: undefined, isTransient: true });
    expect(waits).toHaveLength(4);
  });

  it("end with the service's own problem, without a retry", async () => {
    const { events, waits } = aClient(service);
    const failure = await collect(events("everything", { page_size: 501 })).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: "TidingsError",
      message: "page_size must be from 1 to 500",
      status: 400,
      problem: { errors: [{ path: "page_size", message: "must be from 1 to 500" }] },
    });
    expect(waits).toEqual([]);
  });

  it.each(["<!doctype html><p>Please sign in", '{"no":"listing"}'])(
    "are not read from a response of %s",
    async (body) => {
      const { events } = aClient(service, { between: () => async () => new Response(body) });
      await expect(collect(events("everything"))).rejects.toMatchObject({ name: "TidingsError", status: 200 });
    },
  );

  it("keep every digit of their data with an exact parser", async () => {
    await service.record('{"type":"USER_SIGNUP","data":{"sum":9007199254740993}}');
    const [rounded] = await collect(aClient(service).events("everything"));
    expect(rounded?.data).toEqual({ sum: 9007199254740992 });
    const [exact] = await collect(aClient(service, { parse: parseExactJson }).events("everything"));
    expect(JSON.stringify(exact?.data)).toBe('{"sum":9007199254740993}');
  });

  it("are requested again by each loop, and only as far as the loop goes", async () => {
    await service.record(someEvents(6));
    const { events, sent } = aClient(service);
    const stream = events("everything", { page_size: 2 });
    const first = await collect(stream, 3);
    expect(sent).toHaveLength(2);
    expect(await collect(stream, 3)).toEqual(first);
  });

  it("end with the reason of an aborted signal, also in the middle of a page", async () => {
    await service.record(someEvents(3));
    const controller = new AbortController();
    const seen: number[] = [];
    const loop = async () => {
      for await (const event of aClient(service).events("everything", { signal: controller.signal })) {
        seen.push(...idsOf([event]));
        controller.abort(new Error("enough"));
      }
    };
    await expect(loop()).rejects.toThrow("enough");
    expect(seen).toHaveLength(1);
  });
});

describe("the token", () => {
  it("is requested before each request", async () => {
    await service.record(someEvents(3));
    let asked = 0;
    const token = async () => {
      asked += 1;
      return tokenOf({});
    };
    await collect(aClient(service, { token }).events("everything", { page_size: 1 }));
    expect(asked).toBe(3);
  });

  it("is requested once more after a 401, also for the typed routes", async () => {
    await service.record(someEvents(1));
    const refusals: (string | undefined)[] = [];
    const token = (refused?: string) => {
      refusals.push(refused);
      return refused === undefined ? "expired" : tokenOf({});
    };
    const { api, events } = aClient(service, { token });
    expect(await collect(events("everything"))).toHaveLength(1);
    expect((await api.v1.events.query.$get({ query: {} })).status).toBe(200);
    expect(refusals).toEqual([undefined, "expired", undefined, "expired"]);
  });

  it("ends the loop if it is rejected again, or if the source has no other", async () => {
    let number = 0;
    for (const token of ["expired", () => "expired", () => `expired ${(number += 1)}`]) {
      const { events } = aClient(service, { token });
      await expect(collect(events("everything"))).rejects.toMatchObject({ status: 401 });
    }
    expect(number).toBe(2);
  });

  it("ends the loop with the source's own error if the source throws", async () => {
    const token = () => Promise.reject(new Error("signed out"));
    await expect(collect(aClient(service, { token }).follow("everything"))).rejects.toThrow("signed out");
  });
});

describe("an error response whose body does not end", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => {
    // First the spies: restored later, a spy would put the fake timer back.
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("is retried five seconds after the body has stalled", async () => {
    await service.record(someEvents(1));
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(10)) });
    const { events, waits } = aClient(service, { between: respondingWith(() => new Response(body, { status: 503 })) });
    const timers = vi.spyOn(globalThis, "setTimeout");
    const all = collect(events("everything"));
    // The number of timers says nothing, because other tests may have left timers.
    await vi.waitUntil(() => timers.mock.calls.some(([, delay]) => delay === 5_000), { timeout: 20_000 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await all).toHaveLength(1);
    expect(waits).toEqual([250]);
  });

  it("is retried after the first 64 KiB, and the rest is cancelled", async () => {
    await service.record(someEvents(1));
    let cancelled = false;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(16 * 1024)),
      cancel: () => void (cancelled = true),
    });
    const { events, waits } = aClient(service, { between: respondingWith(() => new Response(body, { status: 429 })) });
    expect(await collect(events("everything"))).toHaveLength(1);
    expect(waits).toEqual([250]);
    expect(cancelled).toBe(true);
  });
});
