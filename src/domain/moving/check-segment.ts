import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import {
  BUNDLE_EVENTS,
  isLong,
  parseFeeds,
  positionsOf,
  type ArchivedFeed,
  type Manifest,
} from "../../segments/manifest.ts";
import { bundleName, feedsKey, FEEDS, POSTINGS, postingsKey, segmentPrefix } from "../../segments/object-names.ts";
import { parseBundle } from "../../segments/opened-lines.ts";
import { idAt } from "../../segments/runs.ts";
import { atObject, readContent, type StoredSegment } from "./archived-segments.ts";

/** A feed of a segment. */
export interface FeedInSegment {
  feed: ArchivedFeed;
  /** The IDs of its events, in ascending order. */
  events: number[];
}

/**
 * Reads the feeds of a segment and the lists of their events.
 * @throws Error that names the object, if it is missing or damaged.
 */
export async function readFeeds(archive: ArchiveBucket, segment: StoredSegment): Promise<FeedInSegment[]> {
  const { range, manifest } = segment;
  const content = await readContent(archive, segment, FEEDS);
  const postings = await readContent(archive, segment, POSTINGS);
  const feeds = atObject(feedsKey(range), () => parseFeeds(content));
  return feeds.map((feed) => {
    const key = isLong(feed) ? postingsKey(range) : feedsKey(range);
    return { feed, events: atObject(key, () => eventsOf(feed, postings, manifest)) };
  });
}

/** @throws RangeError if the list is damaged, or is the one of another feed */
function eventsOf(feed: ArchivedFeed, postings: Uint8Array, manifest: Manifest): number[] {
  const positions = positionsOf(feed, postings);
  const events = positions.map((position) => idAt(manifest.runs, position));
  const isOwn = !isLong(feed) || (events[0] === feed.first_event_id && events.at(-1) === feed.last_event_id);
  const isWithin =
    positions.every((position, place) => position > (positions[place - 1] ?? -1)) &&
    (positions.at(-1) ?? 0) < manifest.events;
  if (!isOwn || !isWithin) throw new RangeError(`the list of the feed ${feed.id} is not the one of its feed`);
  return events;
}

/**
 * Reads all events of a segment, and checks that each has its ID and its place.
 * @throws Error that names the object, if it is missing or damaged.
 */
export async function checkEvents(archive: ArchiveBucket, segment: StoredSegment): Promise<void> {
  const { range, manifest } = segment;
  const bundles = Math.ceil(manifest.events / BUNDLE_EVENTS);
  for (let number = 0; number < bundles; number++) {
    const name = bundleName(number);
    const content = await readContent(archive, segment, name);
    atObject(segmentPrefix(range) + name, () => {
      const lines = parseBundle(content);
      const start = number * BUNDLE_EVENTS;
      const isWhole = lines.length === Math.min(BUNDLE_EVENTS, manifest.events - start);
      if (!isWhole || lines.some(({ id }, place) => id !== idAt(manifest.runs, start + place)))
        throw new RangeError("its events are not those of the manifest");
    });
  }
}
