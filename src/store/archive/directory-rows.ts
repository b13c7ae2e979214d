import { positionOf } from "../../segments/runs.ts";
import type { ArchivedSegment } from "./located-events.ts";

/** The list of a feed's events in a segment: where it is, or its positions. */
export interface ListedFeed {
  /** The feed's first and last event in the segment. */
  firstEventId: number;
  lastEventId: number;
  /** The number of the feed's events in the segment. */
  events: number;
  /** The first byte and the length of the list in the segment's object of postings. Undefined if D1 has the entries. */
  place: { start: number; bytes: number } | undefined;
  /** The positions of these events, if D1 has the entries. */
  positions: number[];
}

/** A segment with the lists of the reader's feeds in it. */
export interface ListedPart {
  segment: ArchivedSegment;
  lists: ListedFeed[];
}

/** The part of a merge that is in the archive. */
export interface Directory {
  /** In the order of the merge. */
  parts: ListedPart[];
  /**
   * The last ID, in the order of the merge, up to which the parts have all events. Another query reads those beyond it.
   * Undefined: the parts have everything.
   */
  edge: number | undefined;
}

type SegmentFields = [first: number, last: number, events: number, runs: [number, number][]];
type RowFields = [feedId: number, first: number, last: number, events: number, start: number, bytes: number];
type RowsAndEntries = [
  rows: [segment: number, row: RowFields][],
  kept: [id: number, SegmentFields][],
  segments: SegmentFields[],
  areRowsCut: 0 | 1,
  areKeptCut: 0 | 1,
];

/** Parses the column `directory` of a merge. */
export function parseDirectory(
  json: string | null,
  cursor: { before: string } | { after: string },
): Directory | undefined {
  if (json === null) return undefined;
  const listed = JSON.parse(json) as RowsAndEntries; // src/store/archive/directory-sql.ts writes it
  const [rows, kept, segments, areRowsCut, areKeptCut] = listed;
  const isDescending = "before" in cursor;
  const lastSegment = areRowsCut === 0 ? undefined : segments.find(([first]) => first === rows.at(-1)?.[0]);
  const edges = [
    // Some rows of the last segment may be missing.
    lastSegment && (isDescending ? lastSegment[1] + 1 : lastSegment[0] - 1),
    areKeptCut === 0 ? undefined : kept.at(-1)?.[0],
  ].filter((edge) => edge !== undefined);
  const edge = edges.length === 0 ? undefined : isDescending ? Math.max(...edges) : Math.min(...edges);
  const parts = toParts(listed).filter(
    ({ segment }) => edge === undefined || (isDescending ? segment.last >= edge : segment.first <= edge),
  );
  const sign = isDescending ? -1 : 1;
  return { parts: parts.toSorted((one, other) => sign * (one.segment.first - other.segment.first)), edge };
}

function toParts([rows, kept, segments]: RowsAndEntries): ListedPart[] {
  const parts = new Map<number, ListedPart>();
  const partOf = ([first, last, events, runs]: SegmentFields) => {
    const part = parts.get(first) ?? { segment: { first, last, events, runs }, lists: [] };
    parts.set(first, part);
    return part;
  };
  for (const segment of segments) partOf(segment);
  for (const [segment, [, firstEventId, lastEventId, events, start, bytes]] of rows) {
    parts.get(segment)?.lists.push({ firstEventId, lastEventId, events, place: { start, bytes }, positions: [] });
  }
  const idsOf = new Map<ListedPart, number[]>();
  for (const [id, segment] of kept) idsOf.set(partOf(segment), [...(idsOf.get(partOf(segment)) ?? []), id]);
  for (const [part, ids] of idsOf) part.lists.push(keptList(part.segment, ids));
  return [...parts.values()];
}

function keptList({ runs, events }: ArchivedSegment, ids: number[]): ListedFeed {
  const ascending = ids.toSorted((one, other) => one - other);
  return {
    firstEventId: ascending[0] ?? 0,
    lastEventId: ascending.at(-1) ?? 0,
    events: ids.length,
    place: undefined,
    positions: ascending.map((id) => positionOf(runs, events, id)).filter((position) => position !== undefined),
  };
}
