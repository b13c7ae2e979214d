import { app } from "../../../src/api/app.ts";
import { bareBatch, select1, withoutD1 } from "./floors.ts";
import type { SubjectName } from "./plan.ts";
import { reading, recording } from "../requests.ts";
import { sampleEvents } from "../sample-events.ts";

type Fetch = (request: Request, env: Env, execution: ExecutionContext) => Response | Promise<Response>;

/** A subject that is ready to be asked, again and again. */
export interface Opened {
  fetch: Fetch;
  request: () => Request;
  status: number;
  /** Locally a line goes through a pipe to the process that started the runtime, so the others write none. */
  writesLog?: boolean;
}

const LISTING = "/api/v1/events/query/";

/** The floors are asked what the service is asked: the same request goes through Hono. */
export const OPEN: Record<SubjectName, (env: Env, execution: ExecutionContext) => Promise<Opened>> = {
  "route without D1": (env) => answering200(withoutD1.fetch, reading(env, LISTING, 3)),
  "route with SELECT 1": (env) => answering200(select1.fetch, reading(env, LISTING, 3)),
  "page of 50, 3 groups": (env) => answering200(app.fetch, reading(env, LISTING, 3)),
  "the same, its log line written": async (env) => ({
    ...(await answering200(app.fetch, reading(env, LISTING, 3))),
    writesLog: true,
  }),
  "page of 50, 10 groups": (env) => answering200(app.fetch, reading(env, LISTING, 10)),
  "deep page of 50, 3 groups": (env) => answering200(app.fetch, reading(env, `${LISTING}?page_from=1000`, 3)),
  "another page of 50 each time": anotherPageEachTime,
  "unchanged page (304)": unchangedPage,
  "single event": (env) => answering200(app.fetch, reading(env, "/api/v1/events/1", 24)),
  "bare batch of 1 event": (env, execution) => bare(env, execution, 1),
  "recording 1 event": (env) => answering200(app.fetch, recording(env, sampleEvents(0, 1))),
  "bare batch of 100 events": (env, execution) => bare(env, execution, 100),
  "recording 100 events": (env) => answering200(app.fetch, recording(env, sampleEvents(0, 100))),
};

async function answering200(fetch: Fetch, request: Opened["request"] | Promise<Opened["request"]>): Promise<Opened> {
  return { fetch, request: await request, status: 200 };
}

/** More pages than an isolate keeps copies of, so that each is put together anew. */
async function anotherPageEachTime(env: Env): Promise<Opened> {
  const paths = Array.from({ length: 500 }, (_, number) => `${LISTING}?page_from=${1000 + 10 * number}`);
  const requests = await Promise.all(paths.map((path) => reading(env, path, 3)));
  const request = () => {
    const next = requests.shift();
    if (next === undefined) throw new Error("there is no page to ask for");
    requests.push(next);
    return next();
  };
  return { fetch: app.fetch, request, status: 200 };
}

/** Of a project that no recording here names, so that it stays unchanged. */
async function unchangedPage(env: Env, execution: ExecutionContext): Promise<Opened> {
  const path = `${LISTING}project/filled-1/`;
  const first = await app.fetch((await reading(env, path, 3))(), env, execution);
  const request = await reading(env, path, 3, { "If-None-Match": first.headers.get("ETag") ?? "" });
  return { fetch: app.fetch, request, status: 304 };
}

/** The service records once; the floor inserts the same rows again. */
async function bare(env: Env, execution: ExecutionContext, count: number): Promise<Opened> {
  const request = recording(env, sampleEvents(0, count));
  const newest = await env.DB.prepare("SELECT max(id) FROM events").raw<[number]>();
  await app.fetch(request(), env, execution);
  const floor = await bareBatch(env, (newest[0]?.[0] ?? 0) + 1);
  return answering200(floor.fetch, request);
}
