import type { Fetch, TokenSource } from "../../src/client/token-source.ts";
import { type Options, tidings } from "../../src/client/index.ts";
import type { aService } from "./service.ts";
import { tokenOf, type TestReader } from "./tokens.ts";

const BASE_URL = "https://tidings.example";

/** A request that the client sent. */
interface Sent {
  url: URL;
  headers: Headers;
}

interface Settings extends Options {
  reader?: TestReader;
  token?: TokenSource;
  baseUrl?: string;
  /** Wraps the network between the client and the service. Default: no change. */
  between?: (send: Fetch) => Fetch;
}

/** A client of the whole service, with its requests and its waits. It does not really wait. */
export function aClient(service: ReturnType<typeof aService>, settings: Settings = {}) {
  const {
    reader = {},
    token = () => tokenOf(reader),
    baseUrl = BASE_URL,
    between = (send) => send,
    ...options
  } = settings;
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

/** Gives `responses` to the first requests, in order. The service responds to the others. */
export function respondingWith(...responses: (() => Response | Promise<Response>)[]) {
  return (send: Fetch): Fetch =>
    async (url, init) =>
      responses.shift()?.() ?? send(url, init);
}

export function unavailable(retryAfter?: string): Response {
  const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
  return new Response("upstream is gone", { status: 503, headers });
}

/** A response whose connection breaks in the middle of its body. */
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

/** All items, or the first `limit`. */
export async function collect<Item>(items: AsyncIterable<Item>, limit = Infinity): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) if (collected.push(item) >= limit) break;
  return collected;
}
