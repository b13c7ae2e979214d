import { hc } from "hono/client";
import type { App } from "../api/app.ts";
import { type EventStream, eventStream } from "./event-stream.ts";
import { followPages } from "./follow.ts";
import { type Filters, type Listing, listingUrl } from "./listing-url.ts";
import { paginate } from "./paginate.ts";
import type { Connection } from "./read-page.ts";
import { type Clock, wait } from "./retry.ts";
import { authorized, type Fetch, type TokenSource } from "./token-source.ts";

export type { Event } from "../schemas/event.ts";
export type { Problem } from "../schemas/problem.ts";
export type { EventStream } from "./event-stream.ts";
export type { Filters, Listing, Scope } from "./listing-url.ts";
export type { Fetch, TokenSource } from "./token-source.ts";
export { TidingsError } from "./tidings-error.ts";

/**
 * @example
 * tidings(url, token, { fetch: (url, init) => fetch(url, { ...init, keepalive: true }) });
 */
export interface Options {
  /** Sends the requests. By default the global `fetch`. */
  fetch?: Fetch;
  /**
   * Parses the JSON of `events` and `follow`. The default, `JSON.parse`, rounds numbers beyond 2^53 in an event's
   * `data`. `JSON.parse` with a reviver that reads a number's source text keeps every digit. IDs and timestamps are
   * strings.
   */
  parse?: (text: string) => unknown;
  /** Resolves after `ms`, or rejects when the signal aborts. By default uses `setTimeout`. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A random number from 0 to 1, for the waits after failures. By default `Math.random`. */
  random?: () => number;
}

/**
 * @example
 * events("everything", { type: ["ADD_BUILD", "BUILD_FINISHED_EVENT"], since: "2026-01-31T09:30:00Z" });
 */
export interface EventsOptions extends Filters {
  /** 1 to 500. By default 50. */
  page_size?: number;
  /** Only events with lower IDs. By default starts with the newest event. */
  page_from?: string;
  /** When it aborts, the loop throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * @example
 * follow(["state", "shop"], { after: "1042", signal: AbortSignal.timeout(60_000) });
 */
export interface FollowOptions extends Filters {
  /** The ID of the last event that you processed. By default "0", which starts with the first event. */
  after?: string;
  /** 1 to 500. By default 100. */
  page_size?: number;
  /**
   * Seconds between polls when there are no more events, at least 0.1. By default the service's `Retry-After`, or 2.
   */
  pollSeconds?: number;
  /** When it aborts, the loop throws the signal's reason. */
  signal?: AbortSignal;
}

/**
 * @example
 * const { events, follow }: Streams = tidings("https://tidings.example", token);
 */
export interface Streams {
  /**
   * All events of a listing that the reader may see, newest first, over all pages. If a page fails with a transient
   * error, the client requests it again, up to four times.
   *
   * @example
   * for await (const event of events(["state", "shop"])) console.log(event.id, event.type);
   * @throws TidingsError
   * @throws TypeError for a name that a path cannot contain.
   */
  events: (listing: Listing, options?: EventsOptions) => EventStream;
  /**
   * The events after an ID, oldest first, each event once, without end. To continue later, store the ID of the last event
   * that you processed. After transient errors (no network, 429, 503), requests are repeated until one succeeds.
   *
   * @example
   * for await (const event of follow("everything", { after: lastId })) await save(event);
   * @throws TidingsError for an error that is not transient.
   * @throws TypeError for a name that a path cannot contain.
   */
  follow: (listing: Listing, options?: FollowOptions) => EventStream;
}

/**
 * A client of the Tidings service at `baseUrl`, for browsers, Workers and Node. `api`, `health`, `internal` and `log`
 * contain every route with its types, by hono's `hc`.
 *
 * @example
 * import { tidings } from "tidings/client";
 *
 * const { api, events } = tidings("https://tidings.example", () => session.token);
 * const response = await api.v1.events[":id"].$get({ param: { id: "1042" } });
 * for await (const event of events("everything")) console.log(event.id);
 */
export function tidings(baseUrl: string, token: TokenSource, options: Options = {}) {
  const deps: Connection & Clock = {
    token,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    parse: options.parse ?? ((text) => JSON.parse(text)),
    wait: options.wait ?? wait,
    random: options.random ?? (() => Math.random()),
  };
  const send = authorized(deps.fetch, token);
  const { api, health, internal, log } = hc<App>(baseUrl, {
    fetch: (url: unknown, init: RequestInit = {}) => send(String(url), init), // hc passes a string, although its type allows other values
  });
  return Object.assign({ api, health, internal, log }, streams(deps, baseUrl));
}

function streams(deps: Connection & Clock, baseUrl: string): Streams {
  return {
    events(listing, { page_size = 50, page_from, signal, ...filters } = {}) {
      const url = listingUrl(baseUrl, listing, { ...filters, page_size, page_from });
      return eventStream((until) => paginate(deps, url, until), signal);
    },
    follow(listing, { after = "0", page_size: pageSize = 100, pollSeconds, signal, ...filters } = {}) {
      const url = listingUrl(baseUrl, listing, { ...filters, page_size: pageSize, page_after: after });
      return eventStream((until) => followPages(deps, { url, after, pageSize, pollSeconds }, until), signal);
    },
  };
}
