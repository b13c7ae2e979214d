import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tidings } from "../../src/client/index.ts";
import type { Fetch } from "../../src/client/token-source.ts";
import { aClient, respondingWith, collect, cut, unavailable } from "../support/client.ts";
import { someEvents } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";
import { tokenOf } from "../support/tokens.ts";
import { recordRareEvents } from "./rare-events.ts";

const service = aService();

beforeEach(forgetEverything);

const namesOf = (events: { username?: string | undefined }[]) => events.map(({ username }) => username);
const named = (...names: string[]) => names.map((username) => ({ type: "USER_SIGNUP" as const, username }));

describe("a follower", () => {
  it("gets the past events, oldest first, and then the new ones", async () => {
    await service.record(named("a", "b", "c"));
    const seen: (string | undefined)[] = [];
    for await (const page of aClient(service).follow("everything", { page_size: 2 }).pages()) {
      seen.push(...namesOf(page));
      if (page.length > 0) continue;
      if (seen.length === 5) break;
      await service.record(named("d", "e"));
    }
    expect(seen).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("continues after the last event that it processed", async () => {
    await service.record(named("a", "b", "c"));
    const [, second] = await collect(aClient(service).follow("everything"), 2);
    const after = second?.id ?? "";
    expect(namesOf(await collect(aClient(service).follow("everything", { after }), 1))).toEqual(["c"]);
  });

  it("gets the events of its listing that its reader may see", async () => {
    await service.record([
      { type: "USER_SIGNUP", username: "elsewhere" },
      { type: "USER_SIGNUP", username: "hidden", state_project: "shop", allowed_groups: ["others"] },
      { type: "USER_SIGNUP", username: "its own", state_project: "shop" },
    ]);
    const { follow } = aClient(service);
    expect(namesOf(await collect(follow({ state_project: "shop" }), 1))).toEqual(["its own"]);
    expect(namesOf(await collect(follow(["state", "shop"]), 1))).toEqual(["its own"]);
  });

  it("polls at once while there are more events, and then at the service's interval", async () => {
    await service.record(someEvents(5));
    const { follow, sent, waits } = aClient(service, { between: rewording("Retry-After", { "0": "0", "2": "7" }) });
    await collect(follow("everything", { page_size: 2 }).pages(), 5);
    expect(sent).toHaveLength(5);
    expect(waits).toEqual([7000, 7000]);
  });

  it("polls at once while there are more events, and then every two seconds if Retry-After is missing", async () => {
    await service.record(someEvents(5));
    const { follow, sent, waits } = aClient(service, { between: rewording("Retry-After", {}) });
    await collect(follow("everything", { page_size: 2 }).pages(), 5);
    expect(sent).toHaveLength(5);
    expect(waits).toEqual([2000, 2000]);
  });

  it("polls at the caller's interval, but at once while there are more events", async () => {
    await service.record(someEvents(5));
    const { follow, sent, waits } = aClient(service);
    await collect(follow("everything", { page_size: 2, pollSeconds: 0.5 }).pages(), 5);
    expect(sent).toHaveLength(5);
    expect(waits).toEqual([500, 500]);
  });

  it.each(["0", "Thu, 01 Jan 1970 00:00:00 GMT", "soon 5", "-1", "0.0", ""])(
    "waits between polls that bring nothing new, though Retry-After is %j",
    async (value) => {
      await service.record(named("a", "b", "c"));
      const { follow, sent, waits } = aClient(service, {
        between: rewording("Retry-After", { "0": value, "2": value }),
        wait: endingAfter(5, () => waits),
      });
      const seen: { username?: string | undefined }[] = [];
      const following = (async () => {
        for await (const event of follow("everything", { page_size: 2 })) seen.push(event);
      })();
      await expect(following).rejects.toThrow("enough");
      expect(namesOf(seen)).toEqual(["a", "b", "c"]);
      expect(waits).toEqual([2000, 2000, 2000, 2000, 2000]);
      expect(sent.length).toBeLessThanOrEqual(5 + 2);
    },
  );

  it("waits between polls even if each response is a repeated one with Retry-After: 0", async () => {
    await service.record(named("a", "b", "c"));
    let first: Response | undefined;
    const { follow, waits } = aClient(service, {
      between: (send) => async (url, init) => {
        first ??= await send(url, init);
        return first.clone();
      },
      wait: endingAfter(5, () => waits),
    });
    await expect(collect(follow("everything", { page_size: 1 }))).rejects.toThrow("enough");
    expect(waits).toEqual([2000, 2000, 2000, 2000, 2000]);
  });

  it.each([0, -1, Number.NaN, 1e-9])("waits a tenth of a second if pollSeconds is %f", async (pollSeconds) => {
    await service.record(named("a"));
    const { follow, waits } = aClient(service);
    await collect(follow("everything", { pollSeconds }).pages(), 3);
    expect(waits).toEqual([100, 100]);
  });

  it("scans past all events that its filters exclude before it yields an empty page", async () => {
    await recordRareEvents(service);
    const { follow, sent, waits } = aClient(service);
    const seen: (string | undefined)[][] = [];
    for await (const page of follow("everything", { username: "rare" }).pages()) {
      seen.push(namesOf(page));
      if (seen.length === 4) break;
      if (seen.length === 2) await service.record(named("usual", "rare", "usual"));
    }
    expect(seen).toEqual([["rare"], ["rare"], ["rare"], []]);
    expect(sent).toHaveLength(5);
    expect(waits).toEqual([2000, 2000]);
  });

  it("yields an empty page at the end of the listing, but not for a repeated response", async () => {
    await service.record(named("a", "b", "c", "d"));
    const answers: Response[] = [];
    const { follow } = aClient(service, {
      between: (send) => async (url, init) => {
        const answer = answers.length === 2 ? answers[0] : await send(url, init);
        if (answer === undefined) throw new Error("there is none to repeat");
        answers.push(answer.clone());
        return answer;
      },
    });
    const pages = follow("everything", { page_size: 1 }).pages();
    expect((await collect(pages, 5)).map(namesOf)).toEqual([["a"], ["b"], ["c"], ["d"], []]);
  });

  it("gets a 304 while nothing is new", async () => {
    await service.record(named("a"));
    const statuses: number[] = [];
    const { follow } = aClient(service, {
      between: (send) => async (url, init) => {
        const response = await send(url, init);
        statuses.push(response.status);
        return response;
      },
    });
    for await (const page of follow("everything").pages()) {
      if (statuses.length === 3) await service.record(named("b"));
      if (namesOf(page).includes("b")) break;
    }
    expect(statuses).toEqual([200, 200, 304, 200]);
  });

  it("never reads from an older database than it has read from", async () => {
    const bookmarks: (string | null)[] = [];
    const { follow, sent } = aClient(service, {
      between: (send) => async (url, init) => {
        const response = await send(url, init);
        bookmarks.push(response.headers.get("x-d1-bookmark"));
        return bookmarks.length === 3 ? withHeader(response, "x-d1-bookmark") : response;
      },
    });
    for await (const _ of follow("everything").pages()) {
      if (bookmarks.length === 5) break;
      await service.record(named("a"));
    }
    const [first, second, third, fourth] = bookmarks;
    expect(new Set([first, second, third, fourth]).size).toBe(4);
    expect(sent.map(({ headers }) => headers.get("x-d1-bookmark"))).toEqual([null, first, second, second, fourth]);
  });

  it("retries transient errors, with longer waits each time, and not before Retry-After", async () => {
    await service.record(named("a"));
    const { follow, waits } = aClient(service, {
      between: respondingWith(
        () => Promise.reject(new TypeError("fetch failed")),
        () => unavailable(),
        () => new Response("slow down", { status: 429, headers: { "Retry-After": "30" } }),
        () => cut('[{"id":"1"}]'),
        () => unavailable(new Date(Date.now() + 60_000).toUTCString()),
        ...Array.from({ length: 4 }, () => () => unavailable()),
      ),
    });
    expect(namesOf(await collect(follow("everything"), 1))).toEqual(["a"]);
    expect(waits.slice(0, 4)).toEqual([250, 500, 31_000, 2000]);
    expect(waits[4]).toBeGreaterThan(60_000);
    expect(waits[4]).toBeLessThanOrEqual(64_000);
    expect(waits.slice(5)).toEqual([8000, 15_000, 15_000, 15_000]);
  });

  it("adds a random part to its waits", async () => {
    const { follow, waits } = aClient(service, { random: () => 1, between: respondingWith(() => unavailable("1")) });
    await collect(follow("everything").pages(), 1);
    expect(waits).toEqual([1500]);
  });

  it.each([400, 403, 404, 500])("ends with a %i, which is not transient", async (status) => {
    const { follow, waits } = aClient(service, { between: () => async () => new Response("no", { status }) });
    await expect(collect(follow("everything"))).rejects.toMatchObject({ name: "TidingsError", status });
    expect(waits).toEqual([]);
  });

  it("ends if a response has no next link", async () => {
    const { follow } = aClient(service, { between: () => async () => new Response("[]") });
    await expect(collect(follow("everything"))).rejects.toThrow("returned no next link");
  });
});

describe("a follower whose loop is left", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.spyOn(globalThis, "setTimeout");
    vi.spyOn(globalThis, "clearTimeout");
  });
  afterEach(() => {
    // First the spies: restored later, a spy would put the fake timer back.
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  /**
   * The number of the client's timers that were set and not cleared. All of them take a second or more. Shorter ones are
   * left over from other tests.
   */
  function timerCount(): number {
    const { calls, results } = vi.mocked(setTimeout).mock;
    const cleared = new Set<unknown>(vi.mocked(clearTimeout).mock.calls.map(([timer]) => timer));
    return results.filter(({ value }, index) => (calls[index]?.[1] ?? 0) >= 1000 && !cleared.has(value)).length;
  }

  /** A client with fake timers, and with a network that may hang. */
  function aWaitingClient(hangs = () => false) {
    const open = new Set<AbortSignal>();
    const fetch = async (url: string, init: RequestInit) => {
      if (!hangs()) return service.request(url, init);
      const { signal } = init;
      if (!signal) throw new Error("a request without a signal could not be stopped");
      signal.throwIfAborted();
      open.add(signal);
      return new Promise<Response>((_, reject) => {
        signal.addEventListener("abort", () => {
          open.delete(signal);
          reject(signal.reason as Error); // fetch rejects with the signal's reason
        });
      });
    };
    return { ...tidings("https://tidings.example", () => tokenOf({}), { fetch }), open };
  }

  it("leaves no timer behind after the loop", async () => {
    await service.record(named("a", "b", "c"));
    await collect(aWaitingClient().follow("everything", { page_size: 2 }), 3);
    expect(timerCount()).toBe(0);
  });

  it("leaves no timer behind when it ends during a wait", async () => {
    const items = aWaitingClient().follow("everything").pages()[Symbol.asyncIterator]();
    expect(await items.next()).toEqual({ done: false, value: [] });
    const next = items.next();
    expect(timerCount()).toBe(1);
    expect(await items.return?.()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    expect(timerCount()).toBe(0);
  });

  it("leaves no request behind when it ends during a request", async () => {
    const { follow, open } = aWaitingClient(() => true);
    const items = follow("everything").pages()[Symbol.asyncIterator]();
    const next = items.next();
    await vi.waitUntil(() => open.size === 1);
    await items.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(open.size).toBe(0);
    expect(timerCount()).toBe(0);
  });

  it("ends with the reason of its signal, during a wait and during a request", async () => {
    for (const isAsking of [false, true]) {
      const controller = new AbortController();
      const { follow, open } = aWaitingClient(() => isAsking);
      const items = follow("everything", { signal: controller.signal }).pages()[Symbol.asyncIterator]();
      if (!isAsking) await items.next();
      const ended = expect(items.next()).rejects.toThrow("enough");
      await vi.waitUntil(() => open.size === 1 || !isAsking);
      expect(timerCount()).toBe(1);
      controller.abort(new Error("enough"));
      await ended;
      expect([timerCount(), open.size]).toEqual([0, 0]);
    }
  });

  it("sends no request if its signal has already aborted", async () => {
    const { follow, sent } = aClient(service);
    const signal = AbortSignal.abort(new Error("never"));
    await expect(collect(follow("everything", { signal }))).rejects.toThrow("never");
    expect(sent).toEqual([]);
  });

  it("sends the request again if there is no response", async () => {
    await service.record(named("a"));
    let asked = 0;
    const { follow } = aWaitingClient(() => (asked += 1) === 1);
    const first = collect(follow("everything"), 1);
    await vi.waitUntil(() => asked === 1 && timerCount() === 1);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(namesOf(await first)).toEqual(["a"]);
  });
});

/** Does not wait; ends the loop at the `count`-th wait. */
function endingAfter(count: number, waits: () => number[]) {
  return async (ms: number): Promise<void> => {
    if (waits().push(ms) === count) throw new Error("enough");
  };
}

/** Replaces a header's value in each response; removes the header if there is no replacement. */
function rewording(name: string, words: Record<string, string>) {
  return (send: Fetch): Fetch =>
    async (url, init) => {
      const response = await send(url, init);
      return withHeader(response, name, words[response.headers.get(name) ?? ""]);
    };
}

function withHeader({ body, status, headers }: Response, name: string, value?: string): Response {
  const changed = new Headers(headers);
  if (value === undefined) changed.delete(name);
  else changed.set(name, value);
  return new Response(body, { status, headers: changed });
}
