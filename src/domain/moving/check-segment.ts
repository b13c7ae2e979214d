import type { ArchiveBucket } from "../../bucket/archive-objects.ts";
import { BUNDLE_EVENTS, parseFeeds } from "../../segments/manifest.ts";
import { bundleName, feedsKey, FEEDS, POSTINGS, postingsKey, segmentPrefix } from "../../segments/object-names.ts";
import { parseBundle } from "../../segments/opened-lines.ts";
import { decodePositions } from "../../segments/positions.ts";
import { idAt } from "../../segments/runs.ts";
import { atObject, readContent, type StoredSegment } from "./archived-segments.ts";

/** A feed of a segment, with the positions of its events. */
export interface FeedInSegment {
  scope: string;
  kind: "everyone" | "auditors" | "group";
  name: string;
  first_event_id: number;
  last_event_id: number;
  events: number;
  positions: number[];
  start: number;
  bytes: number;
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
  return feeds.map(({ id: _id, ...feed }) => {
    const positions = atObject(postingsKey(range), () => {
      const list = postings.subarray(feed.start, feed.start + feed.bytes);
      const decoded = decodePositions(list, feed.events);
      const ids = [decoded[0] ?? -1, decoded.at(-1) ?? -1].map((position) => idAt(manifest.runs, position));
      if (ids[0] !== feed.first_event_id || ids[1] !== feed.last_event_id || (decoded.at(-1) ?? -1) >= manifest.events)
        throw new RangeError(`the list at ${feed.start} is not the one of its feed`);
      return decoded;
    });
    return { ...feed, positions };
  });
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
