import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../../src/index.ts";
import type { Event } from "../../src/schemas/event.ts";
import { costOf, type Cost } from "./cost.ts";
import { aQueue } from "./queue.ts";
import { tokenOf, type TestReader } from "./tokens.ts";

const ORIGIN = "https://tidings.example";
const QUERY = `${ORIGIN}/api/v1/events/query/`;

/** The response to a listing. */
export interface Listing {
  status: number;
  /** Empty if the status is 304. */
  events: Event[];
  /** The URL of `Link: <…>; rel="next"`. */
  next: string | undefined;
  tag: string;
  cost: Cost;
}

/**
 * The whole service, on the D1 of this test file. `bindings` replace the bindings of the test environment. The queues
 * have no consumer, because the real consumer would send requests to receivers.
 */
export function aService(bindings: Partial<Env> = {}) {
  const own: Env = {
    ...env,
    DELIVERIES: aQueue().binding,
    RETRIES: aQueue().binding,
    LOG: aQueue().binding,
    STREAMS: aQueue().binding,
    ...bindings,
  };

  /** Resolves when the background work of the request is done too. */
  async function request(path: string | URL, init: RequestInit = {}): Promise<Response> {
    const execution = createExecutionContext();
    const response = await worker.fetch(new Request(new URL(path, ORIGIN), init), own, execution);
    await waitOnExecutionContext(execution);
    return response;
  }

  /** Sends events as a producer. A string is sent unchanged, other values as JSON. */
  async function record(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const [token = ""] = own.INTERNAL_TOKEN.split(",");
    return request("/internal/create-event", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** `path` is below `/api/v1/events/query/`, or the URL of a `next` link. */
  async function list(path: string, reader: TestReader = {}, headers: Record<string, string> = {}): Promise<Listing> {
    const response = await request(new URL(path, QUERY), {
      headers: { Authorization: `Bearer ${await tokenOf(reader)}`, ...headers },
    });
    const body = await response.text();
    if (response.status !== 200 && response.status !== 304) throw new Error(`${path}: ${response.status} ${body}`);
    return {
      status: response.status,
      events: body === "" ? [] : (JSON.parse(body) as Event[]), // from the service itself
      next: /^<(.*)>; rel="next"$/.exec(response.headers.get("Link") ?? "")?.[1],
      tag: response.headers.get("ETag") ?? "",
      cost: costOf(response),
    };
  }

  async function get(path: string, reader: TestReader = {}): Promise<Response> {
    return request(path, { headers: { Authorization: `Bearer ${await tokenOf(reader)}` } });
  }

  async function subscribe(project: string, subscriptions: unknown[], groups: string[] = []): Promise<Response> {
    const owner = { groups: [`project:${project}:global:owner`, ...groups] };
    return request(`/api/v1/events/subscriptions/project/${encodeURIComponent(project)}/`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${await tokenOf(owner)}`, "Content-Type": "application/json" },
      body: JSON.stringify(subscriptions),
    });
  }

  /** The work of each minute. */
  async function sweep(): Promise<void> {
    const execution = createExecutionContext();
    await worker.scheduled(createScheduledController(), own, execution);
    await waitOnExecutionContext(execution);
  }

  return { request, record, list, get, subscribe, sweep };
}

/** The path of a listing by path, for `list`. */
export function listingPath(tree: "inventory" | "project", ...names: string[]): string {
  const [first, second, deployment] = names.map(encodeURIComponent);
  if (tree === "project" && deployment !== undefined)
    return `project/${first}/${second}/deployment?deployment=${deployment}`;
  return `${[tree, ...names.map(encodeURIComponent)].join("/")}/`;
}

/** Adds parameters to `path`, except undefined ones. */
export function withQuery(path: string, parameters: Record<string, string | number | undefined>): string {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(`${value}`)}`)
    .join("&");
  if (query === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${query}`;
}
