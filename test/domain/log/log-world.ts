import { env } from "cloudflare:workers";
import type { LogCopy } from "../../../src/bucket/log-copy.ts";
import { contextFor, type Context } from "../../../src/context.ts";
import { advanceLog } from "../../../src/domain/log/advance-log.ts";
import { CopyWatch } from "../../../src/domain/log/copy-watch.ts";
import { IdGuard } from "../../../src/domain/log/id-guard.ts";
import { recordEvents } from "../../../src/domain/events/record-events.ts";
import { LogHintPace } from "../../../src/domain/hint-log.ts";
import { NewEvent } from "../../../src/schemas/event.ts";
import { KEY } from "../../support/log.ts";
import { forgetEverything } from "../../support/tables.ts";

/** The time on the clock when a test begins, in milliseconds since 1970. */
export const START = Date.UTC(2026, 10, 29, 2, 5, 17, 488);

/**
 * Makes a log in real D1, advanced by the real functions. `copy` is its copy in a bucket. The test controls the clock
 * and the queue.
 */
export async function aLog(vars: Partial<Env> = { LOG_KEY: KEY.privateKey }, { copy }: { copy?: LogCopy } = {}) {
  await forgetEverything();
  await env.DB.prepare("DELETE FROM sqlite_sequence").run();
  const background: Promise<unknown>[] = [];
  let isolate = { logHintPace: new LogHintPace(), copyWatch: new CopyWatch(), idGuard: new IdGuard() };
  const log = {
    now: START,
    lines: [] as Parameters<Context["log"]>[0][],
    /** The delays of the hints that were sent. */
    hints: [] as number[],
    context: (more: Partial<Context> = {}): Context => ({
      ...contextFor({ ...env, ...vars, ...log.vars }, { waitUntil: (work) => void background.push(work) }),
      now: () => log.now,
      ...isolate,
      logCopy: copy,
      log: (line) => void log.lines.push(line),
      hints: {
        first: () => Promise.resolve(),
        retry: () => Promise.resolve(),
        release: () => Promise.resolve(),
        log: async (delaySeconds) => void log.hints.push(delaySeconds),
      },
      ...log.more,
      ...more,
    }),
    /** Parts of the context that the test replaces for all invocations. */
    more: {} as Partial<Context>,
    vars: {} as Partial<Env>,
    /** Makes all later requests run in a new isolate, which knows nothing. */
    moveToNewIsolate: () => {
      isolate = { logHintPace: new LogHintPace(), copyWatch: new CopyWatch(), idGuard: new IdGuard() };
    },
    record: async (...events: object[]) => {
      await recordEvents(
        log.context(),
        events.map((event) => NewEvent.parse({ type: "ADD_BUILD", ...event })),
      );
      await Promise.all(background);
    },
    advance: (more: Partial<Context> = {}) => advanceLog(log.context(more)),
    /** Waits for the work in the background. */
    settle: () => Promise.all(background),
    /** Returns what `work` costs in D1. */
    costOf: async (work: (context: Context) => Promise<unknown>) => {
      const context = log.context();
      await work(context);
      const { queries, rowsRead, rowsWritten } = context.usage;
      return { queries, rowsRead, rowsWritten };
    },
  };
  return log;
}

/**
 * Inserts events like those of a long history, which is faster than recording them. `json` is an SQL expression for
 * their text.
 */
export async function insertHistory(count: number, json = `'{"id":"' || id || '"}'`): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE ids (id, last) AS (
      SELECT seq + 1, seq + ?1 FROM (SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = 'events')
      UNION ALL SELECT id + 1, last FROM ids WHERE id < last
    ) INSERT INTO events (id, type, timestamp, recorded_at, opening, json)
    SELECT id, 'ADD_BUILD', '1', ${START} + id % 100, randomblob(32), ${json} FROM ids WHERE id <= last`,
  )
    .bind(count)
    .run();
}

/** Makes the next event IDs continue after this ID. */
export async function jumpTo(id: number): Promise<void> {
  await env.DB.prepare("UPDATE sqlite_sequence SET seq = CAST(?1 AS INTEGER) WHERE name = 'events'").bind(id).run();
}
