import { retryAfterSeconds } from "../lib/retry-after.ts";
import type { Event } from "../schemas/event.ts";
import { withTimeout } from "./retry.ts";
import { TidingsError, toTidingsError } from "./tidings-error.ts";
import { authorized, type Fetch, type TokenSource } from "./token-source.ts";

const TIMEOUT_MS = 60_000;

/** How the client reaches the service. */
export interface Connection {
  fetch: Fetch;
  token: TokenSource;
  parse: (text: string) => unknown;
}

/** A page to request. */
export interface PageRequest {
  url: string;
  /** The entity tag of the last response for this URL. If nothing is new, the response is then a 304. */
  tag?: string | undefined;
  /** The bookmark of the last response. The page is then read from a replica that is at least as fresh. */
  bookmark?: string | undefined;
}

export interface Page {
  /** Undefined after a 304. */
  events: Event[] | undefined;
  next: string | undefined;
  tag: string | undefined;
  bookmark: string | undefined;
  retryAfterSeconds: number | undefined;
}

/** Sends one request and reads the whole response, both within a minute. @throws TidingsError */
export async function readPage(
  { fetch, token, parse }: Connection,
  request: PageRequest,
  signal: AbortSignal,
): Promise<Page> {
  const { url } = request;
  const send = authorized(reportingFailure(fetch), token);
  return withTimeout(TIMEOUT_MS, signal, async (inTime) => {
    const response = await send(url, { headers: headersFor(request), signal: inTime });
    if (response.status !== 200 && response.status !== 304) throw await toTidingsError(url, response);
    return {
      events: response.status === 304 ? undefined : parseEvents(url, await readText(url, response), parse),
      next: nextUrl(url, response.headers.get("Link")),
      tag: response.headers.get("ETag") ?? undefined,
      bookmark: response.headers.get("x-d1-bookmark") ?? request.bookmark,
      retryAfterSeconds: retryAfterSeconds(response.headers.get("Retry-After"), Date.now()),
    };
  });
}

/** The cursor in a listing's URL, if it has one. */
export function readCursor(url: string, name: "page_from" | "page_after"): string | undefined {
  return new URL(url, "http://localhost").searchParams.get(name) ?? undefined;
}

/** Compares IDs, which are decimals without leading zeros and may exceed 2^53. */
export function isLowerId(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}

function headersFor({ tag, bookmark }: PageRequest): Record<string, string> {
  return {
    Accept: "application/json",
    ...(tag !== undefined && { "If-None-Match": tag }),
    ...(bookmark !== undefined && { "x-d1-bookmark": bookmark }),
  };
}

/** Wraps only errors of `fetch`. An error of the token source is passed on as it is. */
function reportingFailure(fetch: Fetch): Fetch {
  return (url, init) => fetch(url, init).catch((cause: unknown) => failed(url, "got no response", cause));
}

function readText(url: string, response: Response): Promise<string> {
  return response.text().catch((cause: unknown) => failed(url, "got an incomplete response", cause));
}

/** Throws an error without a status, which counts as transient. */
function failed(url: string, what: string, cause: unknown): never {
  throw new TidingsError(`${url} ${what}: ${String(cause)}`, { cause });
}

function parseEvents(url: string, text: string, parse: Connection["parse"]): Event[] {
  const events = parseJson(url, text, parse);
  if (Array.isArray(events)) return events as Event[]; // the service returns the schema's type
  throw new TidingsError(`${url} returned JSON that is not a listing.`, { status: 200 });
}

function parseJson(url: string, text: string, parse: Connection["parse"]): unknown {
  if (/^\s*</.test(text)) throw new TidingsError(`${url} returned a web page, not JSON.`, { status: 200 }); // for example a sign-in page
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) failed(url, "got an incomplete response", error);
    throw error;
  }
}

/**
 * RFC 8288 §3. Takes only the query of the link. Behind a proxy the link may contain another origin, and the token must
 * not be sent there.
 */
function nextUrl(url: string, link: string | null): string | undefined {
  const target = /<([^>]*)>[^<]*;\s*rel="?next"?(?=[\s;,]|$)/i.exec(link ?? "")?.[1];
  if (target === undefined) return undefined;
  return `${url.slice(0, url.indexOf("?"))}${new URL(target, "http://localhost").search}`;
}
