import { hc } from "hono/client";
import type { App } from "../api/app.ts";
import { authorized, type Fetch, type TokenSource } from "./authorized.ts";
import { type EventStream, eventStream } from "./event-stream.ts";
import { type Filters, type Listing, listingUrl } from "./listing-url.ts";
import { pagesBackwards } from "./paginate.ts";
import { followPages } from "./follow.ts";
import type { Connection } from "./page.ts";
import type { Clock } from "./retry.ts";
import { wait } from "./timers.ts";

export type { Event } from "../schemas/event.ts";
export type { EventStream } from "./event-stream.ts";
export type { Filters, Listing, Scope } from "./listing-url.ts";
export type { TokenSource } from "./authorized.ts";
export { TidingsError } from "./tidings-error.ts";

export interface Options {
  /** What sends requests. Default: the global `fetch`. */
  fetch?: Fetch;
  /**
   * Reads an answer's JSON, for `events` and `follow`. `JSON.parse`, the default, rounds the numbers in an event's
   * `data` beyond 2^53; IDs and timestamps are strings. `parseExactJson` of `exact-json.ts` keeps every digit.
   */
  parse?: (text: string) => unknown;
  /** Resolves after `ms`, or rejects when the signal aborts. Default: by `setTimeout`. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Chance in the waits after failures, from 0 to 1. Default: `Math.random`. */
  random?: () => number;
}

export interface BackOptions extends Filters {
  /** 1–500. Default: 50. */
  page_size?: number;
  /** Only events with lower IDs. Default: from the newest. */
  page_from?: string;
  /** Ends the loop by throwing its reason. */
  signal?: AbortSignal;
}

export interface FollowOptions extends Filters {
  /** The ID of the last event that was dealt with. Default: "0", from the first one. */
  after?: string;
  /** 1–500. Default: 100. */
  page_size?: number;
  /** Between polls, when all there is was given; at least 0.1. Default: what the service's `Retry-After` says, or else 2. */
  pollSeconds?: number;
  /** Ends the loop by throwing its reason. */
  signal?: AbortSignal;
}

/**
 * A client of the Tidings service at `baseUrl`, for browsers, Workers and Node. Every route is there by its types
 * (hono's `hc`): `tidings(…).api.v1.events[":id"].$get({ param: { id: "1" } })`.
 */
export function tidings(baseUrl: string, token: TokenSource, options: Options = {}) {
  const world: Connection & Clock = {
    token,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    parse: options.parse ?? ((text) => JSON.parse(text)),
    wait: options.wait ?? wait,
    random: options.random ?? (() => Math.random()),
  };
  const send = authorized(world.fetch, token);
  const { api, health, internal } = hc<App>(baseUrl, {
    fetch: (url: unknown, init: RequestInit = {}) => send(String(url), init), // it gives text, whatever its type allows
  });

  /**
   * All that the listing has for the reader, newest first, over all pages; one that fails in passing is asked for again,
   * four times. @throws TidingsError
   */
  function events(listing: Listing, { page_size = 50, page_from, signal, ...filters }: BackOptions = {}): EventStream {
    const url = listingUrl(baseUrl, listing, { ...filters, page_size, page_from });
    return eventStream((until) => pagesBackwards(world, url, until), signal);
  }

  /**
   * What is recorded after an event, oldest first, each event once, for ever. To go on another day, keep the ID of the
   * last event that you have dealt with. Whatever passes by itself (no network, 429, 503) is waited out.
   * @throws TidingsError for what does not
   */
  function follow(listing: Listing, wanted: FollowOptions = {}): EventStream {
    const { after = "0", page_size: pageSize = 100, pollSeconds, signal, ...filters } = wanted;
    const url = listingUrl(baseUrl, listing, { ...filters, page_size: pageSize, page_after: after });
    return eventStream((until) => followPages(world, { url, after, pageSize, pollSeconds }, until), signal);
  }

  return { api, health, internal, events, follow };
}
