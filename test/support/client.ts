import type { Fetch, TokenSource } from "../../src/client/token-source.ts";
import { type Options, tidings } from "../../src/client/index.ts";
import type { aService } from "./service.ts";
import { tokenOf, type TestReader } from "./tokens.ts";

const BASE_URL = "https://tidings.example";

/** A request as the service gets it. */
interface Sent {
  url: URL;
  headers: Headers;
}

interface Wishes extends Options {
  reader?: TestReader;
  token?: TokenSource;
  baseUrl?: string;
  /** What lies between the client and the service. Default: nothing. */
  between?: (send: Fetch) => Fetch;
}

/** A client of the whole service, with all that it sends and how long it waits. It waits no time at all. */
export function aClient(service: ReturnType<typeof aService>, wishes: Wishes = {}) {
  const {
    reader = {},
    token = () => tokenOf(reader),
    baseUrl = BASE_URL,
    between = (send) => send,
    ...options
  } = wishes;
  const sent: Sent[] = [];
  const waits: number[] = [];
  const client = tidings(baseUrl, token, {
    fetch: between(async (url, init) => {
      sent.push({ url: new URL(url), headers: new Headers(init.headers) });
      return service.request(url, init);
    }),
    wait: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
    },
    random: () => 0,
    ...options,
  });
  return { ...client, sent, waits };
}

/** The first requests are answered so, one after the other; the others by the service. */
export function answering(...answers: (() => Response | Promise<Response>)[]) {
  return (send: Fetch): Fetch =>
    async (url, init) =>
      answers.shift()?.() ?? send(url, init);
}

export function unavailable(retryAfter?: string): Response {
  const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
  return new Response("upstream is gone", { status: 503, headers });
}

/** As much of an answer as came before the connection broke. */
export function cut(whole: string): Response {
  const half = new TextEncoder().encode(whole.slice(0, whole.length / 2));
  const chunks = [half];
  const body = new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.error(new Error("connection reset"));
      else controller.enqueue(chunk);
    },
  });
  return new Response(body);
}

/** All, or the first `limit`. */
export async function collect<Item>(items: AsyncIterable<Item>, limit = Infinity): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) if (collected.push(item) >= limit) break;
  return collected;
}
