import { app } from "../../../src/api/app.ts";
import { contextFor } from "../../../src/context.ts";
import { moveHistory } from "../../../src/domain/moving/move-history.ts";
import { FEEDS, POSTINGS } from "../../../src/segments/object-names.ts";
import { now } from "../clock.ts";
import {
  DATABASE_HEADER,
  HOT,
  MOVED,
  WITHOUT_CACHES_HEADER,
  type DatabaseName,
  type Description,
  type Job,
  type Segment,
  type Sweep,
} from "./plan.ts";

type BenchEnv = Env & Record<DatabaseName, D1Database>;

/** The path `/` takes jobs. All other paths belong to the service, on the database that the request names. */
export default {
  async fetch(request, env, execution) {
    console.log = () => undefined; // a local log line goes through a pipe to another process
    if (new URL(request.url).pathname !== "/") return app.fetch(request, environmentOf(request, env), execution);
    const job = await request.json<Job>();
    switch (job.do) {
      case "sweep":
        return Response.json(await sweep(env, execution));
      case "describe":
        return Response.json(await describe(env));
      case "count lists":
        return Response.json(await countLists(env.MOVED, job));
    }
  },
} satisfies ExportedHandler<BenchEnv>;

const environments = new Map<DatabaseName, Env>();

/** An isolate caches by the environment object, so a request with a new one finds all caches empty. */
function environmentOf({ headers }: Request, env: BenchEnv): Env {
  const name = headers.get(DATABASE_HEADER) === MOVED ? MOVED : HOT;
  const fresh = { ...env, DB: env[name] };
  if (headers.has(WITHOUT_CACHES_HEADER)) return fresh;
  const known = environments.get(name) ?? fresh;
  environments.set(name, known);
  return known;
}

async function sweep(env: BenchEnv, execution: ExecutionContext): Promise<Sweep> {
  const context = contextFor({ ...env, DB: env.MOVED, HOT_GIGABYTES: "0" }, execution);
  const startedAt = await now();
  const hasMoved = await moveHistory(context);
  const milliseconds = (await now()) - startedAt;
  const { rowsRead, rowsWritten, queries, r2Gets } = context.usage;
  return { hasMoved, milliseconds, rowsRead, rowsWritten, queries, r2Gets };
}

async function describe({ MOVED: db, ARCHIVE }: BenchEnv): Promise<Description> {
  const segments = await db
    .prepare(
      `SELECT first_event_id AS first, last_event_id AS last, events, bytes, rows
      FROM archive_segments
      JOIN (SELECT segment, count(*) AS rows FROM archive_directory GROUP BY segment) ON segment = first_event_id
      ORDER BY first_event_id`,
    )
    .all<Segment>();
  const hot = await db
    .prepare("SELECT count(*) AS events FROM events WHERE id > (SELECT coalesce(max(boundary), 0) FROM archive_state)")
    .all<{ events: number }>();
  return {
    bytes: hot.meta.size_after,
    hotEvents: hot.results[0]?.events ?? 0,
    segments: segments.results,
    objects: await sumObjects(ARCHIVE),
  };
}

async function sumObjects(bucket: R2Bucket): Promise<Description["objects"]> {
  const bytes = { events: 0, postings: 0, feeds: 0, manifests: 0 };
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? {} : { cursor });
    for (const { key, size } of page.objects) bytes[kindOf(key)] += size;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return bytes;
}

function kindOf(key: string): keyof Description["objects"] {
  if (key.endsWith(`/${POSTINGS}`)) return "postings";
  if (key.endsWith(`/${FEEDS}`)) return "feeds";
  return key.includes("/events/") ? "events" : "manifests";
}

async function countLists(
  db: D1Database,
  { groups, scope, segments }: Job & { do: "count lists" },
): Promise<Record<number, number>> {
  const { results } = await db
    .prepare(
      `SELECT segment, count(*) AS lists FROM feeds JOIN archive_directory ON feed_id = feeds.id
      WHERE scope = ?1 AND segment IN (SELECT value FROM json_each(?3))
        AND (kind = 'everyone' OR kind = 'group' AND name IN (SELECT value FROM json_each(?2))
          OR kind = 'auditors' AND 'auditors' IN (SELECT value FROM json_each(?2)))
      GROUP BY segment`,
    )
    .bind(scope, JSON.stringify(groups), JSON.stringify(segments))
    .all<{ segment: number; lists: number }>();
  return Object.fromEntries(results.map(({ segment, lists }) => [segment, lists]));
}
