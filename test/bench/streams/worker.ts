import { contextFor, type Context } from "../../../src/context.ts";
import type { Reader } from "../../../src/domain/access/roles.ts";
import { runStreams } from "../../../src/domain/streams/run-streams.ts";
import { createStream } from "../../../src/domain/streams/set-streams.ts";
import { rewindStream } from "../../../src/domain/streams/steer-stream.ts";
import { NewStream } from "../../../src/schemas/stream.ts";
import { listDueStreams } from "../../../src/store/streams/due-streams.ts";
import { now } from "../clock.ts";
import { measure } from "../measure.ts";
import { BATCH, type Answers, type Job, type Meanwhile } from "./plan.ts";

const OPERATOR: Reader = { name: "olga", groups: [], isAuditor: true, isOperator: true, expiresAt: Infinity };

/** Calls the service inside the runtime, so that only the service, D1 and the receiver are measured. */
export default {
  async fetch(request, env, execution) {
    console.log = () => undefined; // a local log line goes through a pipe to another process
    const job = await request.json<Job>();
    const open = () => contextWith(env, execution);
    switch (job.do) {
      case "open":
        return Response.json(await openStream(open(), job.url));
      case "send":
        return Response.json(await send(open, job));
      case "post":
        return Response.json(await post(env.DB, job.meanwhile));
    }
  },
} satisfies ExportedHandler<Env>;

/** The service's context. Hints are dropped, because the jobs call the runs directly. */
function contextWith(env: Env, execution: ExecutionContext): Context {
  const lost = () => Promise.resolve();
  return {
    ...contextFor(env, execution),
    hints: { first: lost, retry: lost, release: lost, log: lost, streams: lost },
  };
}

async function openStream(context: Context, url: string): Promise<Answers["open"]> {
  const signing_secret = `whsec_${btoa("an example secret of 32 bytes...")}`;
  const stream = NewStream.parse({ name: "bench", kind: "http", destination: { url, signing_secret }, after: "0" });
  return { id: (await createStream(context, OPERATOR, stream)).stream.id };
}

const remembered: { input: Parameters<typeof fetch>[0]; init: RequestInit }[] = [];

async function send(
  open: () => Context,
  { id, after, remembers }: Extract<Job, { do: "send" }>,
): Promise<Answers["send"]> {
  await rewindStream(open(), OPERATOR, id, `${after}`);
  const context = open();
  const fetchAndRemember: Context["fetch"] = (input, init) => {
    const { method = "POST", headers = {}, body = null } = init ?? {};
    remembered.push({ input, init: { method, headers, body } });
    return context.fetch(input, init);
  };
  const own = remembers ? { ...context, fetch: fetchAndRemember } : context;
  const dueQueries = await measure(open(), (counted) => listDueStreams(counted.db, Date.now()));
  return { ...(await measure(own, runToEnd)), dueQueries: dueQueries.roundTrips };
}

/** Also waits for what continues after the invocation has ended for the queue. */
async function runToEnd(context: Context): Promise<void> {
  const continuing: Promise<unknown>[] = [];
  await runStreams({ ...context, background: (work) => void continuing.push(work) });
  await Promise.all(continuing);
}

/** Sends the remembered requests with a plain `fetch`, and reads each response. */
async function post(db: D1Database, meanwhile: Meanwhile): Promise<Answers["post"]> {
  if (remembered.length === 0) throw new Error("nothing was remembered to post");
  const rows = db.prepare("SELECT id, json FROM events WHERE id > ? ORDER BY id LIMIT ?");
  const text = db.prepare(
    "SELECT group_concat(json, char(10)) AS text FROM (SELECT json FROM events WHERE id > ? ORDER BY id LIMIT ?)",
  );
  const next = { nothing: undefined, rows, text, stored: text }[meanwhile];
  const store = db.prepare("UPDATE streams SET moved_at = ? RETURNING moved_at");
  const startedAt = await now();
  for (const [index, { input, init }] of remembered.entries()) {
    const reading = next?.bind(index * BATCH, BATCH + 1).all();
    await (await fetch(input, init)).arrayBuffer();
    await reading;
    if (meanwhile === "stored") await store.bind(index).all();
  }
  return { milliseconds: (await now()) - startedAt };
}
