import * as z from "zod";
import { decodePositions } from "./positions.ts";
import { parseLines } from "./json-lines.ts";

/** Events of a bundle. Only the last bundle of a segment may have fewer. */
export const BUNDLE_EVENTS = 256;

const Count = z.int().min(0);

/**
 * What a segment holds. The manifest is written after all other objects of the segment, so a segment without a manifest
 * is not complete.
 */
export const Manifest = z.object({
  format: z.literal("tidings/segment/v1"),
  first_event_id: Count,
  last_event_id: Count,
  events: Count,
  /** The number of events without an opening. They were erased before they were moved. */
  erased: Count,
  bundle_events: z.literal(BUNDLE_EVENTS),
  /** `Runs` of the events' IDs. */
  runs: z.array(z.tuple([Count, Count])).min(1),
  /** The earliest and the latest `recorded_at`. */
  recorded_from: z.iso.datetime(),
  recorded_to: z.iso.datetime(),
  /**
   * The index of the first event's entry in the log. The other indexes follow without a gap. Null: no log was running.
   */
  log_first_index: Count.nullable(),
  /** All other objects, by their names in the segment. `bytes` and `sha256` describe the decompressed content. */
  objects: z.record(z.string(), z.object({ bytes: Count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
export type Manifest = z.output<typeof Manifest>;

const FeedName = z.object({
  id: Count,
  scope: z.string(),
  kind: z.enum(["everyone", "auditors", "group"]),
  name: z.string(),
});

/** A feed with few events in the segment. Their positions are in its line. */
const ShortFeed = FeedName.extend({ positions: z.array(Count).min(1) });

/** A feed with more events in the segment, and where the list of their positions is in the object of postings. */
export const LongFeed = FeedName.extend({
  events: Count,
  first_event_id: Count,
  last_event_id: Count,
  /** The first byte of the list. */
  start: Count,
  /** The length of the list. */
  bytes: Count,
});
export type LongFeed = z.output<typeof LongFeed>;

/** A feed that has events in the segment. */
export const ArchivedFeed = z.union([LongFeed, ShortFeed]);
export type ArchivedFeed = z.output<typeof ArchivedFeed>;

/** True if the feed's list is in the object of postings. */
export function isLong(feed: ArchivedFeed): feed is LongFeed {
  return "start" in feed;
}

/**
 * Returns the positions of a feed's events in the segment.
 * @throws RangeError if the list is damaged
 */
export function positionsOf(feed: ArchivedFeed, postings: Uint8Array): number[] {
  if (!isLong(feed)) return feed.positions;
  return decodePositions(postings.subarray(feed.start, feed.start + feed.bytes), feed.events);
}

/** @throws RangeError if the manifest is damaged */
export function parseManifest(content: Uint8Array): Manifest {
  const [manifest, ...others] = parseLines(content, Manifest);
  if (manifest === undefined || others.length > 0) throw new RangeError("the manifest is not one line");
  return manifest;
}

/** @throws RangeError if the list of feeds is damaged */
export function parseFeeds(content: Uint8Array): ArchivedFeed[] {
  return parseLines(content, ArchivedFeed);
}
