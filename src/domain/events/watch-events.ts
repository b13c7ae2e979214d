import { MINUTE_MS } from "../../lib/time.ts";
import type { Context } from "../../context.ts";
import { errorFields, type Log } from "../../lib/log.ts";
import { listEventsById, type EventRow } from "../../store/events/event-rows.ts";
import { EVENT_SUMMARIES, WHOLE_EVENTS, type PageRow } from "../../store/events/page-columns.ts";
import { fetchPageAfter, fetchPageBefore, type PageAfter, type ListingQuery } from "./fetch-page.ts";
import { readInParts } from "./read-in-parts.ts";
import { MAX_SCANNED_IN_STREAM, MAX_QUERIES } from "./stream-bounds.ts";

/** What happened after an ID, up to `last`; without rows, a sign of life. */
export type WatchedEvents = Omit<PageAfter<EventRow>, "isLast">;

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
const LONGEST_MS = 10 * MINUTE_MS;

/** How often a poll that fails is tried. */
const TRIES = 4;

/**
 * What happens, as it happens: first where the watch begins, then events, oldest first, and signs of life. It ends after
 * ten minutes, when the reader's token does, or when D1 must not be asked any more: whoever goes on from the last `last`
 * misses nothing. A poll that finds nothing is one query, and one row for each feed of the reader and some ten more.
 */
export async function* watchEvents(
  context: WatchContext,
  sought: ListingQuery,
  watch: Watch,
): AsyncGenerator<WatchedEvents> {
  let last: string | undefined;
  let said: { last?: string; at: number } = { at: Number.NEGATIVE_INFINITY };
  for await (const seen of polls(context, sought, watch)) {
    last = seen.last;
    if (seen.rows.length === 0 && context.now() - said.at < QUIET_MS) continue;
    yield { rows: seen.rows, last };
    said = { last, at: context.now() };
  }
  if (last !== undefined && last !== said.last) yield { rows: [], last };
}

/** What every poll finds, spaced by what it was; a large page part by part. */
async function* polls(context: WatchContext, sought: ListingQuery, watch: Watch): AsyncGenerator<WatchedEvents> {
  const { db, now, wait, random, log } = context;
  const { signal, limit = Number.POSITIVE_INFINITY } = watch;
  const endsAt = Math.min(sought.reader.expiresAt, now() + LONGEST_MS * (1 - random() / 5));
  let queries = 1;
  const isOver = () => queries >= MAX_QUERIES || now() >= endsAt || signal.aborted;
  const query = <Result>(run: () => Promise<Result>) => {
    queries += 1;
    return patiently(context, signal, run);
  };
  const findPart = async (ids: number[]) => {
    const rows = await query(() => listEventsById(db, ids));
    if (rows === undefined) throw new Error("a part of a page could not be read");
    return rows;
  };
  let left = limit;
  let pauseMs = POLL_MS.least;
  let found: PageAfter<PageRow> | undefined = await firstLook(context, sought, watch);
  yield { rows: [], last: watch.after ?? found.last };
  while (found !== undefined) {
    const isAllSeen: boolean = yield* seenInParts(found, findPart, isOver, log);
    left -= found.rows.length;
    if (!isAllSeen || left === 0 || queries >= MAX_QUERIES) return;
    if (found.isLast) {
      pauseMs = found.rows.length > 0 ? POLL_MS.least : Math.min(pauseMs * 1.5, POLL_MS.most);
      await wait(Math.max(0, Math.min(pauseMs, endsAt - now())), signal);
    }
    if (isOver()) return;
    const last: string = found.last;
    found = await query(() => look(db, withSize(sought, left), last));
  }
}

/** Returns whether that was all: not where a part can't be had, nor where the watch is over before the next. */
async function* seenInParts(
  { rows, last }: PageAfter<PageRow>,
  find: (ids: number[]) => Promise<EventRow[]>,
  isOver: () => boolean,
  log: Log,
): AsyncGenerator<WatchedEvents, boolean> {
  let left = rows.length;
  try {
    for await (const part of readInParts(rows, find)) {
      left -= part.length;
      yield { rows: part, last: left === 0 ? last : `${part.at(-1)?.id}` };
      if (left > 0 && isOver()) return false;
    }
    return true;
  } catch (error) {
    log({ event: "poll_part_failed", ...errorFields(error) });
    return false;
  }
}

/** Fails where it fails: there is still a status to answer with. */
async function firstLook(
  { db }: WatchContext,
  sought: ListingQuery,
  { after, limit }: Watch,
): Promise<PageAfter<PageRow>> {
  if (after !== undefined) return look(db, withSize(sought, limit), after);
  const { reader, scope } = sought;
  const newest = await fetchPageBefore(db, EVENT_SUMMARIES, { reader, scope, query: { page_size: 1 } }); // whether it matches or not
  return { rows: [], last: `${newest?.head ?? 0}`, isLast: true };
}

/** Some tries, each logged where it fails. Undefined where none comes to anything. */
async function patiently<Result>(
  { wait, log }: WatchContext,
  signal: AbortSignal,
  run: () => Promise<Result>,
): Promise<Result | undefined> {
  for (let tried = 1; tried <= TRIES; tried++) {
    try {
      return await run();
    } catch (error) {
      log({ event: "poll_failed", tried, ...errorFields(error) });
      await wait(tried * POLL_MS.least, signal);
    }
  }
}

function look(db: WatchContext["db"], sought: ListingQuery, after: string): Promise<PageAfter<PageRow>> {
  return fetchPageAfter(db, WHOLE_EVENTS, sought, after, { maxScanned: MAX_SCANNED_IN_STREAM });
}

function withSize(sought: ListingQuery, limit = Number.POSITIVE_INFINITY): ListingQuery {
  return { ...sought, query: { ...sought.query, page_size: Math.min(sought.query.page_size, limit) } };
}
