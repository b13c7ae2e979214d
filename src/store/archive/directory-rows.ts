import { maxDirectoryRows } from "./directory-sql.ts";
import type { ArchivedSegment } from "./located-events.ts";

/** Where the list of a feed's events in a segment is. */
export interface DirectoryRow {
  feedId: number;
  /** The feed's first event in the segment. */
  firstEventId: number;
  /** The feed's last event in the segment. */
  lastEventId: number;
  /** The number of the feed's events in the segment. */
  events: number;
  /** The positions of these events, if they are few. */
  positions: number[] | undefined;
  /** The first byte of the list in the segment's object of postings. */
  start: number;
  /** The length of the list. */
  bytes: number;
}

/** A segment with the rows of the reader's feeds in it. */
export interface ListedPart {
  segment: ArchivedSegment;
  rows: DirectoryRow[];
}

/** The part of a merge that is in the archive. */
export interface Directory {
  /** In the order of the merge. */
  parts: ListedPart[];
  /** True if there may be further rows after the last part. */
  isCut: boolean;
}

type Fields = [row: RowFields, segment: [last: number, events: number, runs: [number, number][]]];
type RowFields = [
  feedId: number,
  firstEventId: number,
  lastEventId: number,
  segment: number,
  events: number,
  positions: number[] | null,
  start: number,
  bytes: number,
];

/**
 * Parses the column `directory` of a merge. If there may be more rows than the result has, the last segment is left out,
 * because some of its rows may be missing.
 */
export function parseDirectory(json: string | null, wanted: number, feeds: number): Directory | undefined {
  if (json === null) return undefined;
  const rows = JSON.parse(json) as Fields[]; // src/store/archive/directory-sql.ts writes it
  const parts = groupBySegment(rows);
  const isCut = rows.length >= maxDirectoryRows(wanted, feeds);
  return { parts: isCut ? parts.slice(0, -1) : parts, isCut };
}

function groupBySegment(rows: Fields[]): ListedPart[] {
  const parts: ListedPart[] = [];
  for (const [[feedId, firstEventId, lastEventId, first, events, positions, start, bytes], [last, all, runs]] of rows) {
    if (parts.at(-1)?.segment.first !== first) {
      parts.push({ segment: { first, last, events: all, runs }, rows: [] });
    }
    const row = { feedId, firstEventId, lastEventId, events, positions: positions ?? undefined, start, bytes };
    parts.at(-1)?.rows.push(row);
  }
  return parts;
}
