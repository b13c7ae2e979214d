import { ArchiveCache } from "./bucket/archive-cache.ts";
import { openArchive, type ArchiveBucket } from "./bucket/archive-objects.ts";
import { openLogCopy, type LogCopy } from "./bucket/log-copy.ts";
import { Deadlines } from "./channels/deadline.ts";
import { configFor, requireBindings, type Config } from "./config.ts";
import { BackgroundSlots } from "./domain/deliveries/background-slots.ts";
import { DestinationMemory } from "./domain/deliveries/destination-memory.ts";
import { ArchiveMemory } from "./store/archive-memory.ts";
import { edgeObjectCache, type EdgeObjectCache } from "./store/archive/edge-object-cache.ts";
import { edgeCache, NO_EDGE_CACHE, type EdgeCache } from "./store/edge-cache.ts";
import { edgePageCache, type EdgePageCache } from "./store/events/edge-page-cache.ts";
import { PageCache } from "./store/events/page-cache.ts";
import { isLoopback } from "./lib/loopback.ts";
import { consoleLog, type Log } from "./lib/log.ts";
import { hintQueues } from "./queue/producer.ts";
import { type Hints } from "./domain/hint-deliveries.ts";
import { HintPace } from "./domain/hint-pace.ts";
import { CopyWatch } from "./domain/log/copy-watch.ts";
import { IdGuard } from "./domain/log/id-guard.ts";
import { edgeTileCache, type EdgeTileCache } from "./store/log/edge-tile-cache.ts";
import { noUsage, openDatabase, type Database, type Usage } from "./store/database.ts";

/**
 * What one invocation may use. The clock, IDs, randomness and the network come only from here, so tests can replace
 * them.
 */
export interface Context {
  config: Config;
  /** A session on the primary database. */
  db: Database;
  /**
   * Opens a session on the nearest replica. With a bookmark, the session reads data at least as new as the bookmark.
   */
  openReplica: (bookmark?: string) => Database;
  hints: Hints;
  /** Pages of listings that this isolate has served. */
  pageCache: PageCache;
  /** Pages of listings in the platform's edge cache. */
  edgePageCache: EdgePageCache;
  /** Tiles of the log in the platform's edge cache. */
  edgeTiles: EdgeTileCache;
  /** Limits the deliveries that this isolate's consumers attempt in the background. */
  backgroundSlots: BackgroundSlots;
  /** What this isolate remembers of destinations: response times, and when they asked for a pause. */
  destinations: DestinationMemory;
  /** When this isolate's last hint for the log arrives. */
  logHintPace: HintPace;
  /** When this isolate's last hint for the streams arrives. */
  streamHintPace: HintPace;
  /** A second copy of the log. Undefined if the log is only in D1. */
  logCopy: LogCopy | undefined;
  /** The checkpoint of the copy that this isolate has seen last. */
  copyWatch: CopyWatch;
  /** The objects of the archive. Undefined without the binding ARCHIVE. */
  archive: ArchiveBucket | undefined;
  /** Content of the archive that this isolate has read. */
  archiveCache: ArchiveCache;
  /** Objects of the archive in the platform's edge cache. */
  edgeObjects: EdgeObjectCache;
  /** Keeps this isolate from giving an event ID twice. */
  idGuard: IdGuard;
  /** Milliseconds since 1970. */
  now: () => number;
  /** At least 0 and less than 1. */
  random: () => number;
  /** Resolves after this time, or at once when the signal is aborted. */
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  uuid: () => string;
  randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  fetch: typeof fetch;
  /** The time limits of this invocation's requests to receivers. */
  deadlines: Deadlines;
  log: Log;
  /** Lets `work` continue after the response. `work` must handle its own errors, because nothing else does. */
  background: (work: Promise<unknown>) => void;
  usage: Usage;
}

/**
 * @param origin the Worker's origin, from the URL of the request. Queue messages and the scheduled job have none.
 * @throws AppError `misconfigured`, if the binding of the database is missing
 */
export function contextFor(env: Env, execution: Pick<ExecutionContext, "waitUntil">, origin?: string): Context {
  requireBindings(env, "DB");
  const usage = noUsage();
  const edge = openEdgeCache(env, origin);
  const archiveMemory = archiveMemories.of(env);
  const open = (start: string) => openDatabase(env.DB.withSession(start), usage, archiveMemory);
  return {
    config: configFor(env),
    db: open("first-primary"),
    openReplica: (bookmark) => open(bookmark ?? "first-unconstrained"),
    hints: hintQueues(env),
    pageCache: pageCaches.of(env),
    edgePageCache: edgePageCache(edge),
    edgeTiles: edgeTileCache(edge),
    backgroundSlots: backgroundSlots.of(env),
    destinations: destinations.of(env),
    logHintPace: logHintPaces.of(env),
    streamHintPace: streamHintPaces.of(env),
    logCopy: logCopyOf(env),
    archive: archiveOf(env, usage),
    archiveCache: archiveCaches.of(env),
    edgeObjects: edgeObjectCache(edge),
    copyWatch: copyWatches.of(env),
    idGuard: idGuards.of(env),
    now: () => Date.now(),
    random: () => Math.random(),
    wait: (milliseconds, signal) => scheduler.wait(milliseconds, signal && { signal }).catch(() => undefined),
    uuid: () => crypto.randomUUID(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    fetch: (input, init) => fetch(input, init),
    deadlines: new Deadlines(),
    log: consoleLog,
    background: (work) => execution.waitUntil(work),
    usage,
  };
}

/** Returns undefined without the binding ARCHIVE, which is optional. */
function logCopyOf({ ARCHIVE: bucket }: Partial<Env>): LogCopy | undefined {
  return bucket && openLogCopy(bucket);
}

/** Returns undefined without the binding ARCHIVE, which is optional. */
function archiveOf({ ARCHIVE: bucket }: Partial<Env>, usage: Usage): ArchiveBucket | undefined {
  return bucket && openArchive(bucket, usage);
}

/**
 * The edge cache is left out if it would not help: on workers.dev the platform's cache keeps nothing (Cloudflare
 * Workers, "Cache API"), and in local development the emulated cache takes longer than D1.
 */
function openEdgeCache({ INTERNAL_TOKEN: secret }: Partial<Env>, origin: string | undefined): EdgeCache {
  if (typeof caches === "undefined" || origin === undefined || !secret) return NO_EDGE_CACHE;
  const url = new URL(origin);
  const hasCache = !isLoopback(url) && !/(?:^|\.)workers\.dev$/.test(url.hostname);
  return hasCache ? edgeCache(caches.default, origin, secret) : NO_EDGE_CACHE;
}

const pageCaches = onePerIsolate(() => new PageCache());
const backgroundSlots = onePerIsolate(() => new BackgroundSlots());
const destinations = onePerIsolate(() => new DestinationMemory());
const logHintPaces = onePerIsolate(() => new HintPace());
const streamHintPaces = onePerIsolate(() => new HintPace());
const copyWatches = onePerIsolate(() => new CopyWatch());
const archiveMemories = onePerIsolate(() => new ArchiveMemory());
const archiveCaches = onePerIsolate(() => new ArchiveCache());
const idGuards = onePerIsolate(() => new IdGuard());

/** Keeps one value for each isolate: the platform passes the same `env` object to every invocation of an isolate. */
function onePerIsolate<Value>(make: () => Value): { of: (env: Env) => Value } {
  const values = new WeakMap<Env, Value>();
  return {
    of: (env) => {
      const value = values.get(env) ?? make();
      values.set(env, value);
      return value;
    },
  };
}
