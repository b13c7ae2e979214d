import { app } from "../../../src/api/app.ts";
import { bareBatch, select1, withoutD1 } from "./floors.ts";
import type { SubjectName } from "./plan.ts";
import { reading, recording } from "../requests.ts";
import { sampleEvents } from "../sample-events.ts";

type Fetch = (request: Request, env: Env, execution: ExecutionContext) => Response | Promise<Response>;

/** A subject that is ready for requests. */
export interface Opened {
  fetch: Fetch;
  request: () => Request;
  status: number;
  /** The log is off by default, because a local log line goes through a pipe to another process. */
  writesLog?: boolean;
}

const LISTING = "/api/v1/events/query/";

/** A floor gets the same request as the service, so Hono does the same work for both. */
export const OPEN: Record<SubjectName, (env: Env, execution: ExecutionContext) => Promise<Opened>> = {
  "route without D1": (env) => respondingWith200(withoutD1.fetch, reading(env, LISTING, 3)),
  "route with SELECT 1": (env) => respondingWith200(select1.fetch, reading(env, LISTING, 3)),
  "page of 50, 3 groups": (env) => respondingWith200(app.fetch, reading(env, LISTING, 3)),
  "the same, with its log line": async (env) => ({
    ...(await respondingWith200(app.fetch, reading(env, LISTING, 3))),
    writesLog: true,
  }),
  "page of 50, 10 groups": (env) => respondingWith200(app.fetch, reading(env, LISTING, 10)),
  "deep page of 50, 3 groups": (env) => respondingWith200(app.fetch, reading(env, `${LISTING}?page_from=1000`, 3)),
  "a new page of 50 each time": newPageEachTime,
  "unchanged page (304)": unchangedPage,
  "single event": (env) => respondingWith200(app.fetch, reading(env, "/api/v1/events/1", 24)),
  "bare batch of 1 event": (env, execution) => bare(env, execution, 1),
  "recording 1 event": (env) => respondingWith200(app.fetch, recording(env, sampleEvents(0, 1))),
  "bare batch of 100 events": (env, execution) => bare(env, execution, 100),
  "recording 100 events": (env) => respondingWith200(app.fetch, recording(env, sampleEvents(0, 100))),
};

async function respondingWith200(
  fetch: Fetch,
  request: Opened["request"] | Promise<Opened["request"]>,
): Promise<Opened> {
  return { fetch, request: await request, status: 200 };
}

/** Requests more pages than an isolate caches, so the service makes each page anew. */
async function newPageEachTime(env: Env): Promise<Opened> {
  const paths = Array.from({ length: 500 }, (_, number) => `${LISTING}?page_from=${1000 + 10 * number}`);
  const requests = await Promise.all(paths.map((path) => reading(env, path, 3)));
  const request = () => {
    const next = requests.shift();
    if (next === undefined) throw new Error("there is no page");
    requests.push(next);
    return next();
  };
  return { fetch: app.fetch, request, status: 200 };
}

/** A page of a project for which the bench records nothing, so it stays unchanged. */
async function unchangedPage(env: Env, execution: ExecutionContext): Promise<Opened> {
  const path = `${LISTING}project/filled-1/`;
  const first = await app.fetch((await reading(env, path, 3))(), env, execution);
  const request = await reading(env, path, 3, { "If-None-Match": first.headers.get("ETag") ?? "" });
  return { fetch: app.fetch, request, status: 304 };
}

/** The service records the events once, and the floor inserts their rows again. */
async function bare(env: Env, execution: ExecutionContext, count: number): Promise<Opened> {
  const request = recording(env, sampleEvents(0, count));
  const newest = await env.DB.prepare("SELECT max(id) FROM events").raw<[number]>();
  await app.fetch(request(), env, execution);
  const floor = await bareBatch(env, (newest[0]?.[0] ?? 0) + 1);
  return respondingWith200(floor.fetch, request);
}
