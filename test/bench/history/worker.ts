import { app } from "../../../src/api/app.ts";
import type { Event } from "../../../src/schemas/event.ts";
import { signReaderToken } from "../../../scripts/reader-token.ts";
import { now } from "../clock.ts";
import { select1, withoutD1 } from "../reads/floors.ts";
import { countEntries } from "../page-bound.ts";
import { recording } from "../requests.ts";
import { pastEvent } from "./past-events.ts";
import { PAGES, type Cost, type FloorName, type History, type Job, type Subject } from "./plan.ts";

/** A loopback address, because the service does not use the edge cache there. */
const ORIGIN = "http://localhost";
const GOLDEN_RATIO = 0.618_033_988_749_895;
const FLOORS = { "route without D1": withoutD1, "route with SELECT 1": select1 };

/** Contains each database by name. */
type BenchEnv = Env & Record<string, unknown>;

/** Calls the apps inside the runtime, so that only the apps and D1 are measured. */
export default {
  async fetch(request, env, execution) {
    console.log = () => undefined; // a local log line goes through a pipe to another process
    const job = await request.json<Job>();
    switch (job.do) {
      case "record":
        return Response.json(await record(job, env, execution));
      case "probe":
        return Response.json(await probe(pageNumbered(job.page), job.history, env, execution));
      case "measure":
        return Response.json(await measure(job, env, execution));
    }
  },
} satisfies ExportedHandler<BenchEnv>;

async function record({ binding, count, total }: Job & { do: "record" }, env: BenchEnv, execution: ExecutionContext) {
  for (let from = 0; from < count; from += 100) {
    const events = Array.from({ length: Math.min(100, count - from) }, (_, index) => pastEvent(from + index, total));
    const response = await app.fetch(recording(env, events)(), on(env, binding), execution);
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  }
  return {};
}

async function probe(page: Subject, history: History, env: BenchEnv, execution: ExecutionContext): Promise<Cost> {
  const ask = await asking(page, history, env);
  const response = await app.fetch(ask(), { ...on(env, history.binding), SERVER_TIMING: "true" }, execution);
  const events = await response.json<Event[]>();
  return {
    rowsRead: Number(/d1-rows-read;desc="([0-9]+)"/.exec(response.headers.get("Server-Timing") ?? "")?.[1]),
    events: events.length,
    entries: countEntries(events, page.groups),
  };
}

async function measure(
  { subject, history, concurrency, requests }: Job & { do: "measure" },
  env: BenchEnv,
  execution: ExecutionContext,
): Promise<number> {
  const { fetch } = typeof subject === "number" ? app : floorNamed(subject);
  const ask = await asking(typeof subject === "number" ? pageNumbered(subject) : pageNumbered(0), history, env);
  const own = on(env, history.binding);
  let left = requests;
  const requestUntilDone = async () => {
    while (left-- > 0) {
      const response = await fetch(ask(), own, execution);
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${subject} responded with ${response.status}`);
    }
  };
  const startedAt = await now();
  await Promise.all(Array.from({ length: concurrency }, requestUntilDone));
  return (await now()) - startedAt;
}

const environments = new Map<string, Env>();

/** The service's environment with another database. Returns the same object each time, because isolates cache by it. */
function on(env: BenchEnv, binding: string): Env {
  const known = environments.get(binding) ?? { ...env, DB: env[binding] as D1Database }; // a binding of this Worker
  environments.set(binding, known);
  return known;
}

const tokens = new Map<Subject, string>();
let asked = 0;

/** Makes requests for pages that were not requested before, so no cache has them. */
async function asking(page: Subject, { events }: History, env: Env): Promise<() => Request> {
  const token =
    tokens.get(page) ?? (await signReaderToken({ JWT_SECRET: env.JWT_SECRET }, { user: "ada", groups: page.groups }));
  tokens.set(page, token);
  const headers = { Authorization: `Bearer ${token}` };
  return () => {
    asked += 1;
    const url = new URL(page.path, ORIGIN);
    url.searchParams.set("page_from", `${page.isDeep ? anywhere(asked, events) : events + asked}`);
    return new Request(url, { headers });
  };
}

/** Returns a place outside the newest and the oldest tenth, and far from the place of the last call. */
function anywhere(number: number, events: number): number {
  return Math.floor(events * (0.1 + 0.8 * ((number * GOLDEN_RATIO) % 1)));
}

function pageNumbered(number: number): Subject {
  const page = PAGES[number];
  if (page === undefined) throw new Error(`there is no page ${number}`);
  return page;
}

function floorNamed(name: FloorName) {
  return FLOORS[name];
}
