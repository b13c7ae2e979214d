import { fetchEventSource } from "@microsoft/fetch-event-source";
import { EventSource } from "eventsource";
import { createEventSource } from "eventsource-client";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signedBySecret } from "../auth/tokens.ts";
import { anEvent } from "../support/factories.ts";
import { aService } from "../support/service.ts";
import { forgetEverything } from "../support/tables.ts";

const LISTING = "https://tidings.example/api/v1/events/query/";
const service = aService();

/** Sends a GET with the client's headers. */
type Send = (headers: HeadersInit | undefined) => Promise<Response>;
/** Opens a stream as the client's documentation shows. Returns a function that closes the stream. */
type Open = (send: Send, onmessage: (data: string) => void) => () => void;

/** npm packages for platforms that have no EventSource, or have one that cannot send headers. */
const CLIENTS: Record<string, Open> = {
  eventsource(send, onmessage) {
    const source = new EventSource(LISTING, { fetch: async (_, init) => send(init.headers) });
    source.addEventListener("message", ({ data }) => onmessage(String(data)));
    return () => source.close();
  },
  "eventsource-client"(send, onmessage) {
    const source = createEventSource({
      url: LISTING,
      fetch: async (_, init) => send(init?.headers as HeadersInit), // the client passes what fetch accepts
      onMessage: ({ event, data }) => void (event === undefined && onmessage(data)),
    });
    return () => source.close();
  },
  "@microsoft/fetch-event-source"(send, onmessage) {
    const left = new AbortController();
    void fetchEventSource(LISTING, {
      fetch: async (_, init) => send(init?.headers),
      signal: left.signal,
      openWhenHidden: true,
      onmessage: ({ event, data }) => void (event === "" && onmessage(data)),
      onclose: () => {
        throw new Error("it comes back"); // as its documentation shows
      },
      onerror: () => undefined,
    });
    return () => left.abort();
  },
};

beforeEach(async () => {
  await forgetEverything();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("document", { removeEventListener: () => undefined });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe.each(Object.entries(CLIENTS))("a client built on %s", (_, open) => {
  it("gets what was recorded between an idle stream's end and its own return, and nothing else", async () => {
    const exp = Math.floor(Date.now() / 1000) - 10; // within the clock's tolerance, so each stream ends after its first read
    const Authorization = `Bearer ${await signedBySecret({ groups: [], exp }, env.JWT_SECRET)}`;
    await service.record(anEvent({ username: "before" }));
    const heard: string[] = [];
    let ended = 0;
    const send: Send = async (given) => {
      const headers = new Headers(given);
      headers.set("Authorization", Authorization);
      const response = await service.request(LISTING, { headers });
      const body = await response.text();
      ended += 1;
      return new Response(body, response);
    };
    const close = open(send, (data) => heard.push(data));
    await vi.waitUntil(() => ended === 1);
    await service.record(anEvent({ username: "between" }));
    await vi.waitUntil(async () => {
      await vi.advanceTimersByTimeAsync(3_000);
      return ended >= 3;
    });
    close();
    expect(heard.map((data) => JSON.parse(data).username)).toEqual(["between"]);
  });
});
