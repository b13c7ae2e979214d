import { app } from "../../../src/api/app.ts";
import { contextFor } from "../../../src/context.ts";
import { advanceLog } from "../../../src/domain/log/advance-log.ts";
import { eventJsonAfterId } from "../../../src/schemas/event-json.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { now } from "../clock.ts";
import { measure } from "../measure.ts";
import { bareBatch } from "../reads/floors.ts";
import { reading, recording } from "../requests.ts";
import { sampleEvents } from "../sample-events.ts";
import { BATCH, HISTORY, type Job, type SubjectName } from "./plan.ts";

/**
 * At `/`, does jobs: calls the service inside the runtime, so that only the service and D1 are measured. At all other
 * paths, is the service.
 */
export default {
  async fetch(request, env, execution) {
    if (new URL(request.url).pathname !== "/") return app.fetch(request, env, execution);
    const job = await request.json<Job>();
    const withoutLog = { ...env, LOG_KEY: "" };
    console.log = () => undefined; // a local log line goes through a pipe to another process
    switch (job.do) {
      case "insert":
        await insert(env.DB, job.count);
        return Response.json({});
      case "append":
        return Response.json(await measure(contextFor(env, execution), advanceLog));
      case "size":
        return Response.json((await env.DB.prepare("SELECT 1").run()).meta.size_after);
      case "measure": {
        const repeat = await open(job.subject, withoutLog, env, execution);
        const startedAt = await now();
        for (let left = job.requests; left > 0; left--) await repeat();
        return Response.json((await now()) - startedAt);
      }
    }
  },
} satisfies ExportedHandler<Env>;

/** Inserts the rows of recorded events, but without feeds. */
async function insert(db: D1Database, count: number): Promise<void> {
  const [sample = {}] = sampleEvents(0, 1);
  const rest = eventJsonAfterId({ ...NewEvent.parse(sample), timestamp: "1763859600123456789" }, Date.now());
  await db
    .prepare(
      `WITH RECURSIVE ids (id, last) AS (
        SELECT seq + 1, seq + ?1 FROM (SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'events')
        UNION ALL SELECT id + 1, last FROM ids WHERE id < last
      ) INSERT INTO events (id, type, timestamp, recorded_at, opening, json)
      SELECT id, 'ADD_BUILD', '1', ?2, randomblob(32), '{"id":"' || id || ?3 FROM ids`,
    )
    .bind(count, Date.now(), rest)
    .run();
}

/** An event in the middle of the history. */
const LOGGED_EVENT = HISTORY / 2 + 1;

async function read(env: Env, path: string, execution: ExecutionContext): Promise<() => Promise<void>> {
  const request = await reading(env, path, 3);
  return async () => {
    const response = await app.fetch(request(), env, execution);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  };
}

async function open(
  subject: SubjectName,
  withoutLog: Env,
  withLog: Env,
  execution: ExecutionContext,
): Promise<() => Promise<unknown>> {
  const request = recording(withoutLog, sampleEvents(0, BATCH));
  const record = async (own: Env) => {
    const { status } = await app.fetch(request(), own, execution);
    if (status !== 200) throw new Error(`recording: ${status}`);
  };
  switch (subject) {
    case "bare batch": {
      const newest = await withoutLog.DB.prepare("SELECT max(id) FROM events").raw<[number | null]>();
      await record(withoutLog);
      const floor = await bareBatch(withoutLog, (newest[0]?.[0] ?? 0) + 1);
      return async () => floor.fetch(request(), withoutLog, execution);
    }
    case "one event":
      return read(withLog, `/api/v1/events/${LOGGED_EVENT}`, execution);
    case "its proof":
      return read(withLog, `/api/v1/events/${LOGGED_EVENT}/proof`, execution);
    case "recording":
      return () => record(withoutLog);
    case "recording with a log":
      return () => record(withLog);
    case "recording and appending":
      await advanceLog(contextFor(withLog, execution)); // what the other subjects have recorded
      return async () => {
        await record(withLog);
        await advanceLog(contextFor(withLog, execution));
      };
  }
}
