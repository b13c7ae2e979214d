import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import { BUNDLE_EVENTS, isLong, parseFeeds, positionsOf, type ArchivedFeed } from "../../segments/manifest.ts";
import { bundleName, feedsKey, FEEDS, POSTINGS, postingsKey, segmentPrefix } from "../../segments/object-names.ts";
import { parseBundle } from "../../segments/opened-lines.ts";
import { idAt } from "../../segments/runs.ts";
import { atObject, readContent, type StoredSegment } from "./archived-segments.ts";

/** A feed of a segment. */
export interface FeedInSegment {
  scope: string;
  kind: ArchivedFeed["kind"];
  name: string;
  /** The IDs of the feed's events. */
  ids: number[];
  /**
   * Where the feed's list is in the object of postings. Undefined for a short list, which is only in the feed's line.
   */
  list: { start: number; bytes: number } | undefined;
}

/**
 * Reads the feeds of a segment and the lists of their events.
 * @throws Error that names the object, if it is missing or damaged.
 */
export async function readFeeds(archive: ArchiveBucket, segment: StoredSegment): Promise<FeedInSegment[]> {
  const { range } = segment;
  const content = await readContent(archive, segment, FEEDS);
  const postings = await readContent(archive, segment, POSTINGS);
  const feeds = atObject(feedsKey(range), () => parseFeeds(content));
  return feeds.map((feed) => {
    const { scope, kind, name } = feed;
    const key = isLong(feed) ? postingsKey(range) : feedsKey(range);
    const ids = atObject(key, () => idsOf(segment, feed, postings));
    return { scope, kind, name, ids, list: isLong(feed) ? { start: feed.start, bytes: feed.bytes } : undefined };
  });
}

/** @throws RangeError if the list does not fit its feed or the segment */
function idsOf({ manifest }: StoredSegment, feed: ArchivedFeed, postings: Uint8Array): number[] {
  const positions = positionsOf(feed, postings);
  const isInOrder = positions.every((position, place) => position > (positions[place - 1] ?? -1));
  const ids = positions.map((position) => idAt(manifest.runs, position));
  const isOfFeed = !isLong(feed) || (ids[0] === feed.first_event_id && ids.at(-1) === feed.last_event_id);
  if (!isInOrder || !isOfFeed || (positions.at(-1) ?? 0) >= manifest.events)
    throw new RangeError(`the list of ${feed.scope} ${feed.kind} ${feed.name} does not fit the feed or the segment`);
  return ids;
}

/**
 * Reads all bundles of a segment, and checks that they have the events that the manifest lists, in order.
 * @throws Error that names the first object that is missing or damaged.
 */
export async function checkEvents(archive: ArchiveBucket, segment: StoredSegment): Promise<void> {
  for (const number of bundleNumbersOf(segment)) await checkBundle(archive, segment, number);
}

/** Reads all objects of a segment. Returns an error for each that is missing or damaged. */
export async function findFaults(archive: ArchiveBucket, segment: StoredSegment): Promise<unknown[]> {
  const faults: unknown[] = [];
  const note = (error: unknown) => void faults.push(error);
  await readFeeds(archive, segment).catch(note);
  for (const number of bundleNumbersOf(segment)) await checkBundle(archive, segment, number).catch(note);
  return faults;
}

function bundleNumbersOf({ manifest }: StoredSegment): number[] {
  return Array.from({ length: Math.ceil(manifest.events / BUNDLE_EVENTS) }, (_, number) => number);
}

async function checkBundle(archive: ArchiveBucket, segment: StoredSegment, number: number): Promise<void> {
  const { range, manifest } = segment;
  const name = bundleName(number);
  const content = await readContent(archive, segment, name);
  atObject(segmentPrefix(range) + name, () => {
    const lines = parseBundle(content);
    const start = number * BUNDLE_EVENTS;
    const isWhole = lines.length === Math.min(BUNDLE_EVENTS, manifest.events - start);
    if (!isWhole || lines.some(({ id }, place) => id !== idAt(manifest.runs, start + place)))
      throw new RangeError("its events are not those that the manifest lists");
  });
}
