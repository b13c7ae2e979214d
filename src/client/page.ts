import type { Event } from "../schemas/event.ts";
import { authorized, type Fetch, type TokenSource } from "./authorized.ts";
import { retryAfterSeconds } from "../lib/retry-after.ts";
import { toTidingsError, TidingsError } from "./tidings-error.ts";
import { within } from "./timers.ts";

const TIMEOUT_MS = 60_000;

/** How the client reaches the service. */
export interface Connection {
  fetch: Fetch;
  token: TokenSource;
  parse: (text: string) => unknown;
}

/** What is asked for: a page, with the tag of a copy that is there already and the bookmark of what was read before. */
export interface Place {
  url: string;
  tag?: string | undefined;
  bookmark?: string | undefined;
}

export interface Page {
  /** Undefined: nothing is new since the place's tag. */
  events: Event[] | undefined;
  next: string | undefined;
  tag: string | undefined;
  bookmark: string | undefined;
  retryAfterSeconds: number | undefined;
}

/** One request, to the end of its answer. @throws TidingsError */
export async function readPage({ fetch, token, parse }: Connection, place: Place, signal: AbortSignal): Promise<Page> {
  const ask = authorized(interruptible(fetch), token);
  return within(TIMEOUT_MS, signal, async (inTime) => {
    const response = await ask(place.url, { headers: headersFor(place), signal: inTime });
    if (response.status !== 200 && response.status !== 304) throw await toTidingsError(place.url, response);
    return {
      events: response.status === 304 ? undefined : eventsOf(place.url, await textOf(place.url, response), parse),
      next: nextOf(place.url, response.headers.get("Link")),
      tag: response.headers.get("ETag") ?? undefined,
      bookmark: response.headers.get("x-d1-bookmark") ?? place.bookmark,
      retryAfterSeconds: retryAfterSeconds(response.headers.get("Retry-After"), Date.now()),
    };
  });
}

function headersFor({ tag, bookmark }: Place): Record<string, string> {
  return {
    Accept: "application/json",
    ...(tag !== undefined && { "If-None-Match": tag }),
    ...(bookmark !== undefined && { "x-d1-bookmark": bookmark }),
  };
}

/** Tells what the network did from what a token source throws. */
function interruptible(fetch: Fetch): Fetch {
  return (url, init) => fetch(url, init).catch((cause: unknown) => interrupted(url, "got no answer", cause));
}

function textOf(url: string, response: Response): Promise<string> {
  return response.text().catch((cause: unknown) => interrupted(url, "got half an answer", cause));
}

function interrupted(url: string, what: string, cause: unknown): never {
  throw new TidingsError(`${url} ${what}: ${String(cause)}`, { cause });
}

function eventsOf(url: string, text: string, parse: Connection["parse"]): Event[] {
  const events = parsed(url, text, parse);
  if (Array.isArray(events)) return events as Event[]; // the service's own answer, as its schema says
  throw new TidingsError(`${url} answered something other than a listing.`, { status: 200 });
}

function parsed(url: string, text: string, parse: Connection["parse"]): unknown {
  if (/^\s*</.test(text)) throw new TidingsError(`${url} answered a web page.`, { status: 200 }); // a sign-in, say
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) interrupted(url, "got half an answer", error);
    throw error;
  }
}

/**
 * RFC 8288 §3. Of the link the query, on the URL that was asked: behind a proxy the service may know itself by another
 * origin, and the token goes nowhere else.
 */
function nextOf(asked: string, link: string | null): string | undefined {
  const target = /<([^>]*)>[^<]*;\s*rel="?next"?(?=[\s;,]|$)/i.exec(link ?? "")?.[1];
  if (target === undefined) return undefined;
  return `${asked.slice(0, asked.indexOf("?"))}${new URL(target, "http://localhost").search}`;
}
