import type { Context } from "../../context.ts";
import { errorFields } from "../../log.ts";
import { lookAfter, lookBefore, type Following, type Sought } from "./look.ts";
import { MOST_LOOKED_AT_IN_STREAM, MOST_QUERIES } from "./stream-bounds.ts";

/** What happened after an ID, up to `last`; without rows, a sign of life. */
export type Seen = Omit<Following, "isLast">;

export interface Watch {
  /** Left out: from now on. */
  after: string | undefined;
  /** Ends the watch after so many events. */
  limit?: number | undefined;
  /** Aborted when nobody watches any more. */
  signal: AbortSignal;
}

type WatchContext = Pick<Context, "db" | "now" | "wait" | "random" | "log">;

/** Polls are this far apart while things happen, and grow to this far apart while nothing does. */
const POLL_MS = { least: 1_000, most: 5_000 };

/** With a poll at least every 5 s, nobody hears nothing for more than 15 s. */
const QUIET_MS = 10_000;

/** At most, less up to a fifth, so that those who began together do not come back together. */
const LONGEST_MS = 10 * 60_000;

/** How often a poll that fails is tried. */
const TRIES = 4;

/**
 * What happens, as it happens: first where the watch begins, then events, oldest first, and signs of life. It ends after
 * ten minutes, when the reader's token does, or when D1 must not be asked any more: whoever goes on from the last `last`
 * misses nothing. A poll that finds nothing is one query, and one row for each feed of the reader and some ten more.
 */
export async function* watchEvents(context: WatchContext, sought: Sought, watch: Watch): AsyncGenerator<Seen> {
  let last: string | undefined;
  let said: { last?: string; at: number } = { at: Number.NEGATIVE_INFINITY };
  for await (const seen of looks(context, sought, watch)) {
    last = seen.last;
    if (seen.rows.length === 0 && context.now() - said.at < QUIET_MS) continue;
    yield { rows: seen.rows, last };
    said = { last, at: context.now() };
  }
  if (last !== undefined && last !== said.last) yield { rows: [], last };
}

/** Every look, spaced by what it found. */
async function* looks(context: WatchContext, sought: Sought, watch: Watch): AsyncGenerator<Following> {
  const { now, wait, random } = context;
  const { signal, limit = Number.POSITIVE_INFINITY } = watch;
  const endsAt = Math.min(sought.reader.expiresAt, now() + LONGEST_MS * (1 - random() / 5));
  let left = limit;
  let pauseMs = POLL_MS.least;
  let seen: Following | undefined = await firstLook(context, sought, watch);
  yield { rows: [], last: watch.after ?? seen.last, isLast: false };
  for (let queries = 1; seen !== undefined; queries++) {
    yield seen;
    left -= seen.rows.length;
    if (left === 0 || queries >= MOST_QUERIES) return;
    if (seen.isLast) {
      pauseMs = seen.rows.length > 0 ? POLL_MS.least : Math.min(pauseMs * 1.5, POLL_MS.most);
      await wait(Math.max(0, Math.min(pauseMs, endsAt - now())), signal);
    }
    if (now() >= endsAt || signal.aborted) return;
    seen = await lookPatiently(context, withSize(sought, left), seen.last, signal);
  }
}

/** Fails where it fails: there is still a status to answer with. */
async function firstLook({ db }: WatchContext, sought: Sought, { after, limit }: Watch): Promise<Following> {
  if (after !== undefined) return look(db, withSize(sought, limit), after);
  const { reader, scope } = sought;
  const newest = await lookBefore(db, { reader, scope, query: { page_size: 1 } }); // whether it matches or not
  return { rows: [], last: `${newest?.head ?? 0}`, isLast: true };
}

/** Undefined where it does not come to anything. */
async function lookPatiently({ db, wait, log }: WatchContext, sought: Sought, after: string, signal: AbortSignal) {
  for (let tried = 1; tried <= TRIES; tried++) {
    try {
      return await look(db, sought, after);
    } catch (error) {
      log({ event: "poll_failed", tried, ...errorFields(error) });
      await wait(tried * POLL_MS.least, signal);
    }
  }
}

function look(db: WatchContext["db"], sought: Sought, after: string): Promise<Following> {
  return lookAfter(db, sought, after, { mostLookedAt: MOST_LOOKED_AT_IN_STREAM });
}

function withSize(sought: Sought, limit = Number.POSITIVE_INFINITY): Sought {
  return { ...sought, query: { ...sought.query, page_size: Math.min(sought.query.page_size, limit) } };
}
