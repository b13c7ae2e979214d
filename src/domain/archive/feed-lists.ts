import { inParallel } from "../../lib/in-parallel.ts";
import { postingsKey } from "../../segments/object-names.ts";
import { decodePositions } from "../../segments/positions.ts";
import { idAt } from "../../segments/runs.ts";
import type { DirectoryRow, ListedPart } from "../../store/archive/directory-rows.ts";
import { MAX_CONNECTIONS } from "./archived-bundles.ts";
import { readObject } from "./read-object.ts";
import type { Reading } from "./reading.ts";

/** Lists that are as near to each other in the object as this are read together. */
const MAX_GAP_BYTES = 32 * 1024;

/** A part of a segment's object of postings, with some of the wanted lists. */
interface ListRange {
  part: ListedPart;
  start: number;
  end: number;
  rows: DirectoryRow[];
}

/** The positions of a feed's events in a segment, in ascending order. */
type Positions = readonly number[];

/**
 * Reads the lists of some segments. Returns the lists of each segment, in the order of its rows. Lists that are near to
 * each other take one GET together. All lists of a segment in `inOneGet` take one GET.
 * @throws AppError `unavailable`; ObjectMissing
 */
export async function readFeedLists(
  reading: Reading,
  parts: readonly ListedPart[],
  inOneGet: (part: ListedPart) => boolean,
): Promise<Positions[][]> {
  const lists = new Map<DirectoryRow, Positions>();
  const ranges = parts.flatMap((part) => {
    const unread = part.rows.filter((row) => !addKnown(reading, part, row, lists));
    return toRanges(part, unread, inOneGet(part) ? Number.POSITIVE_INFINITY : MAX_GAP_BYTES);
  });
  await inParallel(ranges, MAX_CONNECTIONS, (range) => readRange(reading, range, lists));
  return parts.map(({ rows }) => rows.map((row) => lists.get(row) ?? []));
}

/** Adds a list that needs no GET. Returns false if the list must be read. */
function addKnown(reading: Reading, part: ListedPart, row: DirectoryRow, lists: Map<DirectoryRow, Positions>): boolean {
  const cached = row.positions === undefined ? reading.archiveCache.get(cacheKey(part, row)) : undefined;
  const positions = row.positions ?? (cached && decodePositions(cached, row.events));
  if (positions !== undefined) lists.set(row, positions);
  return positions !== undefined;
}

function cacheKey({ segment }: ListedPart, { start }: DirectoryRow): string {
  return `${postingsKey(segment)} ${start}`;
}

function toRanges(part: ListedPart, rows: DirectoryRow[], maxGap: number): ListRange[] {
  const ranges: ListRange[] = [];
  for (const row of rows.toSorted((one, other) => one.start - other.start)) {
    const end = row.start + row.bytes;
    const last = ranges.at(-1);
    if (last === undefined || row.start - last.end > maxGap) ranges.push({ part, start: row.start, end, rows: [row] });
    else Object.assign(last, { end, rows: [...last.rows, row] });
  }
  return ranges;
}

async function readRange(
  reading: Reading,
  { part, start, end, rows }: ListRange,
  lists: Map<DirectoryRow, Positions>,
): Promise<void> {
  const key = postingsKey(part.segment);
  const find = readObject(
    reading,
    key,
    (archive) => archive.findRange(key, start, end - start),
    (bytes) =>
      rows.map((row) => {
        const list = bytes.slice(row.start - start, row.start - start + row.bytes);
        return { row, list, positions: decodeList(part, row, list) };
      }),
  );
  for (const { row, list, positions } of await find) {
    lists.set(row, positions);
    reading.archiveCache.set(cacheKey(part, row), list);
  }
}

/** @throws RangeError if the list is damaged, or if it is not the list of this row */
function decodeList({ segment: { runs } }: ListedPart, row: DirectoryRow, list: Uint8Array): Positions {
  const positions = decodePositions(list, row.events);
  const [first = -1, last = -1] = [positions[0], positions.at(-1)];
  if (idAt(runs, first) !== row.firstEventId || idAt(runs, last) !== row.lastEventId) {
    throw new RangeError(`the list at byte ${row.start} is the list of another feed`);
  }
  return positions;
}
