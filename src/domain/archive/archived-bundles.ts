import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import { decompress } from "../../segments/compression.ts";
import { BUNDLE_EVENTS } from "../../segments/manifest.ts";
import { bundleKey } from "../../segments/object-names.ts";
import { parseHeads, parseLine, type LineHead } from "../../segments/opened-lines.ts";
import { idAt, positionOf } from "../../segments/runs.ts";
import type { ArchivedSegment } from "../../store/archive/located-events.ts";
import { inParallel } from "../../lib/in-parallel.ts";
import { readObject } from "./read-object.ts";
import type { Reading } from "./reading.ts";

/** An event as it was recorded. */
export interface ArchivedEvent {
  id: number;
  /** The event as it is served, byte for byte. */
  json: string;
  /** 32 bytes in hex. Empty if the event was erased. */
  opening: string;
}

/** Events that are in one bundle, if they exist. */
export interface BundleRequest {
  segment: ArchivedSegment;
  /** The number of the bundle in the segment, from 0. */
  bundle: number;
  ids: number[];
}

/** An invocation has six connections. One of them is left for the queue. */
export const MAX_CONNECTIONS = 5;

/**
 * Groups events by their bundles. An ID that no event has belongs to the bundle that would hold it, so that reading it
 * costs the same as reading an event.
 */
export function groupByBundle(events: readonly { id: number; segment: ArchivedSegment }[]): BundleRequest[] {
  const requests = new Map<string, BundleRequest>();
  for (const { id, segment } of events) {
    const bundle = Math.floor(positionUpTo(segment, id) / BUNDLE_EVENTS);
    const key = bundleKey(segment, bundle);
    const request = requests.get(key) ?? { segment, bundle, ids: [] };
    requests.set(key, request);
    request.ids.push(id);
  }
  return [...requests.values()];
}

/** Returns the position of the last event of the segment that is not after `id`, or 0 if all are. */
function positionUpTo({ runs, events }: ArchivedSegment, id: number): number {
  const position = positionOf(runs, events, id);
  if (position !== undefined) return position;
  const index = runs.findLastIndex(([first]) => first <= id);
  return index === -1 ? 0 : (runs[index + 1]?.[1] ?? events) - 1;
}

/**
 * Called with each event that was read. Only the returned value stays in memory, because a bundle may have several
 * megabytes.
 */
type Take<Taken> = (event: ArchivedEvent) => Taken;

/**
 * Reads events from their bundles, with one GET for each bundle that is not cached. Leaves out an ID that no event has.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function readBundles(reading: Reading, requests: readonly BundleRequest[]): Promise<ArchivedEvent[]> {
  const found = await inParallel(requests, MAX_CONNECTIONS, (request) =>
    readBundle(reading, request, (event) => event),
  );
  return found.flat();
}

/** Does the same as `readBundles`, but leaves out the events of a bundle that cannot be read. Never throws. */
export async function readReadableBundles<Taken>(
  reading: Reading,
  requests: readonly BundleRequest[],
  take: Take<Taken>,
): Promise<Taken[]> {
  const found = await inParallel(
    requests,
    MAX_CONNECTIONS,
    (request) => readBundle(reading, request, take).catch(() => []), // `readBundle` has logged the cause
  );
  return found.flat();
}

/** Reads events from one bundle, in ascending order of ID. */
export async function readBundle<Taken>(
  reading: Reading,
  { segment, bundle, ids }: BundleRequest,
  take: Take<Taken>,
): Promise<Taken[]> {
  const wanted = new Set(ids);
  return readLines(reading, segment, bundle, (id) => wanted.has(id), take);
}

/** Reads all events of a bundle, in ascending order of ID. */
export async function readWholeBundle(
  reading: Reading,
  segment: ArchivedSegment,
  bundle: number,
): Promise<ArchivedEvent[]> {
  return readLines(
    reading,
    segment,
    bundle,
    () => true,
    (event) => event,
  );
}

async function readLines<Taken>(
  reading: Reading,
  segment: ArchivedSegment,
  bundle: number,
  isWanted: (id: number) => boolean,
  take: Take<Taken>,
): Promise<Taken[]> {
  const key = bundleKey(segment, bundle);
  const parse = (content: Uint8Array) =>
    requirePlaces(parseHeads(content), segment, bundle)
      .filter(({ id }) => isWanted(id))
      .map((head) => take(parseLine(content, head)));
  const cached = reading.archiveCache.get(key);
  if (cached !== undefined) return parse(cached);
  const parseStored = (bytes: Uint8Array) => {
    const content = decompress(bytes);
    return { content, taken: parse(content) };
  };
  const read = (await readAtEdge(reading, key, parseStored)) ?? (await readInBucket(reading, key, parseStored));
  reading.archiveCache.set(key, read.content);
  return read.taken;
}

interface ReadBundle<Taken> {
  content: Uint8Array<ArrayBuffer>;
  taken: Taken[];
}

type Parse<Taken> = (bytes: Uint8Array) => ReadBundle<Taken>;

/** Returns undefined if the edge cache does not have the right bundle. Then the bundle is read from the bucket. */
async function readAtEdge<Taken>(
  { edgeObjects }: Reading,
  key: string,
  parse: Parse<Taken>,
): Promise<ReadBundle<Taken> | undefined> {
  const bytes = await edgeObjects.get(key);
  try {
    return bytes && parse(bytes);
  } catch {
    return undefined;
  }
}

/**
 * A larger object is not stored at the edge, because it stays in memory until it is stored. Few bundles have more than
 * 1 MB, compressed.
 */
const MAX_BYTES_AT_EDGE = 1024 * 1024;

async function readInBucket<Taken>(reading: Reading, key: string, parse: Parse<Taken>): Promise<ReadBundle<Taken>> {
  const find = (archive: ArchiveBucket) => archive.find(key);
  return readObject(reading, key, find, (bytes) => {
    const read = parse(bytes);
    if (bytes.byteLength <= MAX_BYTES_AT_EDGE) reading.background(reading.edgeObjects.set(key, bytes));
    return read;
  });
}

/**
 * Checks that a bundle has the events that the segment's row in D1 puts there.
 * @throws RangeError if it has others
 */
function requirePlaces(heads: LineHead[], { runs, events }: ArchivedSegment, bundle: number): LineHead[] {
  const start = bundle * BUNDLE_EVENTS;
  const expected = Math.min(BUNDLE_EVENTS, events - start);
  if (heads.length !== expected) throw new RangeError(`the bundle has ${heads.length} events instead of ${expected}`);
  for (const [place, { id }] of heads.entries()) {
    if (id !== idAt(runs, start + place)) throw new RangeError(`the event ${id} is in the place of another event`);
  }
  return heads;
}
