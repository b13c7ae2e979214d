import { MINUTE_MS } from "../../lib/time.ts";
import type { Context } from "../../context.ts";
import { errorFields, type Log } from "../../lib/log.ts";
import type { EventRow } from "../../store/events/event-rows.ts";
import { EVENT_SUMMARIES, WHOLE_EVENTS, type PageRow } from "../../store/events/page-columns.ts";
import { fetchPageAfter, fetchPageBefore, type PageAfter } from "./fetch-page.ts";
import { MAX_SCANNED_IN_STREAM, type ListingQuery } from "./listing-query.ts";
import type { Reading } from "../archive/reading.ts";
import { listEventsById } from "./events-by-id.ts";
import { readInParts } from "./read-in-parts.ts";
import { isSpent } from "./stream-limits.ts";

/** Events after an ID, up to `last`. An item without rows is a heartbeat: there is no further event up to `last`. */
export type WatchedEvents = Omit<PageAfter<EventRow>, "isLast">;

export interface Watch {
  /** Undefined: only events from now on. */
  after: string | undefined;
  /** Ends the watch after this many events. */
  limit?: number | undefined;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
}

type WatchContext = Reading & Pick<Context, "now" | "wait" | "random" | "usage">;

/**
 * The time between two polls. It is the minimum after a poll with events, and grows to the maximum while there are no
 * events.
 */
const POLL_MS = { min: 1_000, max: 5_000 };

/**
 * A heartbeat is due if nothing was sent for this time. There is a poll at least every 5 s, so the client waits at most
 * 15 s for a heartbeat.
 */
const HEARTBEAT_MS = 10_000;

/**
 * The maximum time of a watch. It is reduced at random by up to a fifth, so that clients that connected together do not
 * reconnect together.
 */
const MAX_WATCH_MS = 10 * MINUTE_MS;

/** The number of times that a failing poll is tried. */
const MAX_TRIES = 4;

/**
 * Yields events as they are recorded, oldest first, and heartbeats. The first item is the start of the watch. The watch
 * ends after ten minutes, when the reader's token expires, or when the invocation may read no more. A client that
 * continues from the last `last` misses nothing. A poll without events is one query. That query reads one row for each
 * feed of the reader, and about ten more.
 */
export async function* watchEvents(
  context: WatchContext,
  listing: ListingQuery,
  watch: Watch,
): AsyncGenerator<WatchedEvents> {
  let last: string | undefined;
  let sent: { last?: string; at: number } = { at: Number.NEGATIVE_INFINITY };
  for await (const seen of polls(context, listing, watch)) {
    last = seen.last;
    if (seen.rows.length === 0 && context.now() - sent.at < HEARTBEAT_MS) continue;
    yield { rows: seen.rows, last };
    sent = { last, at: context.now() };
  }
  if (last !== undefined && last !== sent.last) yield { rows: [], last };
}

/** Yields the results of all polls. Large pages come part by part. */
async function* polls(context: WatchContext, listing: ListingQuery, watch: Watch): AsyncGenerator<WatchedEvents> {
  const { now, wait, random, log, usage } = context;
  const { signal, limit = Number.POSITIVE_INFINITY } = watch;
  const endsAt = Math.min(listing.reader.expiresAt, now() + MAX_WATCH_MS * (1 - random() / 5));
  const isOver = () => isSpent(usage) || now() >= endsAt || signal.aborted;
  const findPart = async (ids: number[]) => {
    const rows = await retry(context, signal, () => listEventsById(context, ids));
    if (rows === undefined) throw new Error("a part of a page could not be read");
    return rows;
  };
  let left = limit;
  let pauseMs = POLL_MS.min;
  let found: PageAfter<PageRow> | undefined = await startPoll(context, listing, watch);
  yield { rows: [], last: watch.after ?? found.last };
  while (found !== undefined) {
    const isComplete: boolean = yield* yieldParts(found, findPart, isOver, log);
    left -= found.rows.length;
    if (!isComplete || left === 0 || isSpent(usage)) return;
    if (found.isLast) {
      pauseMs = found.rows.length > 0 ? POLL_MS.min : Math.min(pauseMs * 1.5, POLL_MS.max);
      await wait(Math.max(0, Math.min(pauseMs, endsAt - now())), signal);
    }
    if (isOver()) return;
    const last: string = found.last;
    found = await retry(context, signal, () => poll(context, withSize(listing, left), last));
  }
}

/** Yields a page part by part. Returns false if a part cannot be read, or if the watch ends before the next part. */
async function* yieldParts(
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

/**
 * Runs the first poll. It is not retried, because the response has not started, so an error can still have its own
 * status.
 */
async function startPoll(
  reading: Reading,
  listing: ListingQuery,
  { after, limit }: Watch,
): Promise<PageAfter<PageRow>> {
  if (after !== undefined) return poll(reading, withSize(listing, limit), after);
  const { reader, scope } = listing;
  const newest = await fetchPageBefore(reading, EVENT_SUMMARIES, { reader, scope, query: { page_size: 1 } }); // without filters
  return { rows: [], last: `${newest?.head ?? 0}`, isLast: true };
}

/** Runs a query until it succeeds, and logs each failure. Returns undefined if every try fails. */
async function retry<Result>(
  { wait, log }: WatchContext,
  signal: AbortSignal,
  run: () => Promise<Result>,
): Promise<Result | undefined> {
  for (let tried = 1; tried <= MAX_TRIES; tried++) {
    try {
      return await run();
    } catch (error) {
      log({ event: "poll_failed", tried, ...errorFields(error) });
      await wait(tried * POLL_MS.min, signal);
    }
  }
}

function poll(reading: Reading, listing: ListingQuery, after: string): Promise<PageAfter<PageRow>> {
  return fetchPageAfter(reading, WHOLE_EVENTS, listing, after, { maxScanned: MAX_SCANNED_IN_STREAM });
}

function withSize(listing: ListingQuery, limit = Number.POSITIVE_INFINITY): ListingQuery {
  return { ...listing, query: { ...listing.query, page_size: Math.min(listing.query.page_size, limit) } };
}
