import { openLogCopy, type LogCopy } from "./bucket/log-copy.ts";
import { configFor, requireBindings, type Config } from "./config.ts";
import { BackgroundSlots } from "./domain/deliveries/background-slots.ts";
import { DestinationMemory } from "./domain/deliveries/destination-memory.ts";
import { edgeCache, NO_EDGE_CACHE, type EdgeCache } from "./store/edge-cache.ts";
import { edgePageCache, type EdgePageCache } from "./store/events/edge-page-cache.ts";
import { PageCache } from "./store/events/page-cache.ts";
import { isLoopback } from "./lib/loopback.ts";
import { consoleLog, type Log } from "./lib/log.ts";
import { hintQueues } from "./queue/producer.ts";
import { type Hints } from "./domain/hint-deliveries.ts";
import { LogHintPace } from "./domain/hint-log.ts";
import { CopyWatch } from "./domain/log/copy-watch.ts";
import { IdGuard } from "./domain/log/id-guard.ts";
import { edgeTileCache, type EdgeTileCache } from "./store/log/edge-tile-cache.ts";
import { noUsage, openDatabase, type Database, type Usage } from "./store/database.ts";

/** What one invocation may use. The clock, IDs, randomness and the network come from here alone, so tests can set them. */
export interface Context {
  config: Config;
  /** The primary. */
  db: Database;
  /** The nearest replica; with a bookmark, one at least that fresh. */
  openReplica: (bookmark?: string) => Database;
  hints: Hints;
  /** What this isolate keeps of the listings. */
  copies: PageCache;
  /** What the edge keeps of them. */
  edge: EdgePageCache;
  /** What the edge keeps of the log. */
  edgeTiles: EdgeTileCache;
  /** What this isolate's consumers have not finished. */
  backgroundSlots: BackgroundSlots;
  /** What this isolate has observed of destinations. */
  destinations: DestinationMemory;
  /** When this isolate's last hint for the log arrives. */
  logHintPace: LogHintPace;
  /** Undefined: the log is in D1 alone. */
  logCopy: LogCopy | undefined;
  /** What this isolate has seen of the log's copy. */
  copyWatch: CopyWatch;
  /** What this isolate knows of the IDs that were given. */
  idGuard: IdGuard;
  /** Milliseconds since 1970. */
  now: () => number;
  /** From 0 up to 1. */
  random: () => number;
  /** Ends at once when the signal is aborted. */
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  uuid: () => string;
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  fetch: typeof fetch;
  log: Log;
  /** Lets `work` go on after the answer. It handles its own failure: nobody else would hear of it. */
  background: (work: Promise<unknown>) => void;
  usage: Usage;
}

/**
 * @param origin the Worker's own, if a request names it
 * @throws AppError `misconfigured`, if there is no database
 */
export function contextFor(env: Env, execution: Pick<ExecutionContext, "waitUntil">, origin?: string): Context {
  requireBindings(env, "DB");
  const usage = noUsage();
  const edge = edgeOf(env, origin);
  return {
    config: configFor(env),
    db: openDatabase(env.DB.withSession("first-primary"), usage),
    openReplica: (bookmark) => openDatabase(env.DB.withSession(bookmark ?? "first-unconstrained"), usage),
    hints: hintQueues(env),
    copies: copies.of(env),
    edge: edgePageCache(edge),
    edgeTiles: edgeTileCache(edge),
    backgroundSlots: backgroundSlots.of(env),
    destinations: destinations.of(env),
    logHintPace: logHintPaces.of(env),
    logCopy: logCopyOf(env),
    copyWatch: copyWatches.of(env),
    idGuard: idGuards.of(env),
    now: () => Date.now(),
    random: () => Math.random(),
    wait: (milliseconds, signal) => scheduler.wait(milliseconds, signal && { signal }).catch(() => undefined),
    uuid: () => crypto.randomUUID(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    fetch: (input, init) => fetch(input, init),
    log: consoleLog,
    background: (work) => execution.waitUntil(work),
    usage,
  };
}

/** The binding is optional. */
function logCopyOf({ ARCHIVE: bucket }: Partial<Env>): LogCopy | undefined {
  return bucket && openLogCopy(bucket);
}

/**
 * Optional. On workers.dev the platform's cache keeps nothing (Cloudflare Workers, "Cache API"); in local development it
 * is an emulation that takes longer than D1 beside it.
 */
function edgeOf({ INTERNAL_TOKEN: secret }: Partial<Env>, origin: string | undefined): EdgeCache {
  if (typeof caches === "undefined" || origin === undefined || !secret) return NO_EDGE_CACHE;
  const url = new URL(origin);
  const hasCache = !isLoopback(url) && !/(?:^|\.)workers\.dev$/.test(url.hostname);
  return hasCache ? edgeCache(caches.default, origin, secret) : NO_EDGE_CACHE;
}

const copies = oneForAnIsolate(() => new PageCache());
const backgroundSlots = oneForAnIsolate(() => new BackgroundSlots());
const destinations = oneForAnIsolate(() => new DestinationMemory());
const logHintPaces = oneForAnIsolate(() => new LogHintPace());
const copyWatches = oneForAnIsolate(() => new CopyWatch());
const idGuards = oneForAnIsolate(() => new IdGuard());

/** As its `env` is. */
function oneForAnIsolate<Value>(make: () => Value): { of: (env: Env) => Value } {
  const values = new WeakMap<Env, Value>();
  return {
    of: (env) => {
      const value = values.get(env) ?? make();
      values.set(env, value);
      return value;
    },
  };
}
