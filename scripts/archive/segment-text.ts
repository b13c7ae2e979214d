import { findGaps, type FoundSegments, type StoredSegment } from "../../src/domain/moving/archived-segments.ts";
import { formatBytes } from "../../src/lib/format-bytes.ts";
import { segmentPrefix } from "../../src/segments/object-names.ts";

/** One line for each segment. */
export function formatSegment({ range, manifest, bytes }: StoredSegment): string {
  const { events, recorded_from: from, recorded_to: to } = manifest;
  return `${segmentPrefix(range)}  ${plural(events, "event")}, ${formatBytes(bytes)}, recorded from ${from} to ${to}`;
}

/** The totals, and a line for everything that is missing or left over. */
export function formatSummary({ segments, unfinished, superseded }: FoundSegments): string[] {
  const events = segments.reduce((sum, { manifest }) => sum + manifest.events, 0);
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  return [
    ...findGaps(segments).map(
      (gap) =>
        `Gap: ${gap.events === undefined ? "there may be events" : `${plural(gap.events, "event")} missing`} ` +
        `between ${gap.before.last} and ${gap.after.first}`,
    ),
    ...segments.flatMap(({ missing }) => missing.map((key) => `Missing: ${key}`)),
    ...unfinished.map((range) => `Not a segment, because it has no manifest: ${segmentPrefix(range)}`),
    ...superseded.map((range) => `Left over, because another segment has its events: ${segmentPrefix(range)}`),
    `${plural(segments.length, "segment")}, ${plural(events, "event")}, ${formatBytes(bytes)}`,
  ];
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
