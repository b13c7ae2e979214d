/** The first and the last event ID of a segment. They name its objects. */
export interface SegmentRange {
  first: number;
  last: number;
}

/** All objects of the archive are below this prefix. */
export const SEGMENTS = "archive/segments/";

export const POSTINGS = "postings.bin";
export const FEEDS = "feeds.ndjson.gz";
const MANIFEST = "manifest.json";

/** Returns the prefix of a segment's objects. */
export function segmentPrefix({ first, last }: SegmentRange): string {
  return `${SEGMENTS}${paddedId(first)}-${paddedId(last)}/`;
}

/** Returns the name of a bundle in its segment. Bundles are numbered from 0. */
export function bundleName(number: number): string {
  return `events/${`${number}`.padStart(3, "0")}.ndjson.gz`;
}

export function bundleKey(segment: SegmentRange, number: number): string {
  return segmentPrefix(segment) + bundleName(number);
}

export function postingsKey(segment: SegmentRange): string {
  return segmentPrefix(segment) + POSTINGS;
}

export function feedsKey(segment: SegmentRange): string {
  return segmentPrefix(segment) + FEEDS;
}

export function manifestKey(segment: SegmentRange): string {
  return segmentPrefix(segment) + MANIFEST;
}

/** Returns the segment whose objects have this prefix. Undefined if it is not the prefix of a segment. */
export function parseSegmentPrefix(prefix: string): SegmentRange | undefined {
  const [, first, last] = /^archive\/segments\/([0-9]{16})-([0-9]{16})\/$/.exec(prefix) ?? [];
  return first === undefined || last === undefined ? undefined : { first: Number(first), last: Number(last) };
}

/** IDs are below 2^53, which has 16 digits. So the order of the names is the order of the IDs. */
function paddedId(id: number): string {
  return `${id}`.padStart(16, "0");
}
