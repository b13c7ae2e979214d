import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import { sha256 } from "../../lib/crypto.ts";
import { decompress } from "../../segments/compression.ts";
import { parseManifest, type Manifest } from "../../segments/manifest.ts";
import { manifestKey, segmentPrefix, type SegmentRange } from "../../segments/object-names.ts";

/** A segment in the bucket, as its manifest describes it. */
export interface StoredSegment {
  range: SegmentRange;
  manifest: Manifest;
  /** The bytes of all its objects, as they are stored. */
  bytes: number;
  /** The keys of the objects that the manifest names and the bucket does not have. */
  missing: string[];
}

export interface FoundSegments {
  /** In ascending order, without overlaps. */
  segments: StoredSegment[];
  /** Segments without a manifest, because their move or their deletion was not finished. */
  unfinished: SegmentRange[];
  /** Segments whose events are all in another one. */
  superseded: SegmentRange[];
}

/**
 * Finds all segments in the bucket.
 * @throws Error if a manifest is damaged, or if two segments overlap.
 */
export async function findSegments(archive: ArchiveBucket): Promise<FoundSegments> {
  const found: FoundSegments = { segments: [], unfinished: [], superseded: [] };
  // Of segments with the same first event, the longest comes first.
  const ranges = (await archive.listSegments()).toSorted((a, b) => a.first - b.first || b.last - a.last);
  for (const range of ranges) {
    const segment = await readSegment(archive, range);
    const before = found.segments.at(-1)?.range;
    if (segment === undefined) found.unfinished.push(range);
    else if (before === undefined || range.first > before.last) found.segments.push(segment);
    else if (range.last <= before.last) found.superseded.push(range);
    else throw new Error(`${segmentPrefix(range)} begins before ${segmentPrefix(before)} ends. Delete the wrong one.`);
  }
  return found;
}

async function readSegment(archive: ArchiveBucket, range: SegmentRange): Promise<StoredSegment | undefined> {
  const key = manifestKey(range);
  const [content, objects] = [await archive.find(key), await archive.listObjects(range)];
  if (content === undefined) return undefined;
  const manifest = atObject(key, () => parseManifest(content));
  if (manifest.first_event_id !== range.first || manifest.last_event_id !== range.last)
    throw new Error(`The object ${key} describes another segment.`);
  const there = new Set(objects.map((object) => object.key));
  const missing = Object.keys(manifest.objects)
    .map((name) => segmentPrefix(range) + name)
    .filter((name) => !there.has(name));
  return { range, manifest, bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0), missing };
}

/** A gap between two segments. */
export interface Gap {
  before: SegmentRange;
  after: SegmentRange;
  /** The number of missing events. Undefined if there was no log, because only the log's indexes give the number. */
  events: number | undefined;
}

/**
 * Finds where events are, or may be, missing between segments. With a log, the indexes show that an ID was never given.
 * Without a log, every skipped ID counts as a gap.
 */
export function findGaps(segments: readonly StoredSegment[]): Gap[] {
  return segments.flatMap((after, place) => {
    const before = segments[place - 1];
    if (before === undefined || before.range.last + 1 === after.range.first) return [];
    const [from, to] = [before.manifest.log_first_index, after.manifest.log_first_index];
    const events = from === null || to === null ? undefined : to - from - before.manifest.events;
    return events === 0 ? [] : [{ before: before.range, after: after.range, events }];
  });
}

/**
 * Reads an object of a segment, decompressed.
 * @throws Error that names the object, if it is missing or does not have the digest in the manifest.
 */
export async function readContent(
  archive: ArchiveBucket,
  { range, manifest }: StoredSegment,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = segmentPrefix(range) + name;
  const expected = manifest.objects[name];
  if (expected === undefined) throw new Error(`The object ${manifestKey(range)} does not describe ${name}.`);
  const stored = await archive.find(key);
  if (stored === undefined) throw new Error(`The object ${key} is missing.`);
  const content = name.endsWith(".gz") ? atObject(key, () => decompress(stored)) : stored;
  if (content.byteLength !== expected.bytes || sha256(content, "hex") !== expected.sha256)
    throw new Error(`The object ${key} is damaged: its content does not have the digest in the manifest.`);
  return content;
}

/** Runs a parser of src/segments, and adds the object's key to its error. */
export function atObject<Result>(key: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The object ${key} is damaged: ${reason}.`, { cause: error });
  }
}
